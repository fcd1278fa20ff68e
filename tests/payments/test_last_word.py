"""Whatever happens here meanwhile, what a card was charged with at the provider is heard in the end."""

from datetime import timedelta

import pytest

from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.payments.providers.card import Card
from shop.payments.providers.contract import ProviderState, Started, Status
from tests.payments import cardholder
from tests.payments.cardholder import PAYS
from tests.payments.conftest import begun, ordered, state_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]
AT_ONCE = timedelta(0)


def closed_while_announced(order: Order, monkeypatch: pytest.MonkeyPatch) -> tuple[Payment, str]:
    """The provider's answer to the first tab, also its page, comes after a second one has chosen another method."""
    announce, pages = Card.start, []

    def slowly(card: Card, payment: Payment, **addresses: str) -> Started:
        started = announce(card, payment, **addresses)
        pages.append(started.redirect_url)
        payments.attempt(order_id=order.pk, method="bank_transfer")
        return started

    with monkeypatch.context() as patch:
        patch.setattr(Card, "start", slowly)
        return begun(order), pages[0]


@pytest.mark.parametrize("paid_there", [False, True])
def test_a_payment_that_was_closed_here_while_it_was_announced_is_asked_about(monkeypatch, paid_there):
    order = ordered()
    payment, page = closed_while_announced(order, monkeypatch)
    assert (payment.state, payment.redirect_url) == ("cancelled", "")  # nobody is sent to a page that will be closed
    if paid_there:
        cardholder.enter(page, PAYS)
    assert payments.reconcile(older_than=AT_ONCE) == 1
    assert payments.reconcile(older_than=AT_ONCE) == 0
    status = cardholder.provider("GET", f"/v1/payments/{payment.reference}")["status"]
    expected = ("paid", "paid") if paid_there else ("cancelled", "placed")
    assert (status, state_of(order)) == expected


def test_the_word_about_another_payment_there_is_not_the_last_one():
    """A payment may have been announced twice, to two return addresses; only one of them is ours."""
    order = ordered()
    payment = begun(order)
    Payment.objects.update(state="cancelled", to_void=True)
    payments.settle(payment.pk, ProviderState("pay_another", Status.CANCELLED, payment.money, ""))
    assert Payment.objects.get().to_void
    payments.settle(payment.pk, ProviderState(payment.reference, Status.CANCELLED, payment.money, ""))
    assert not Payment.objects.get().to_void


@pytest.mark.parametrize("facts", [{}, {"state": "cancelled", "to_void": True}])
def test_a_payment_that_the_provider_does_not_know_keeps_no_other_from_being_heard(facts):
    strange, order = begun(ordered()), ordered()
    Payment.objects.filter(pk=strange.pk).update(reference="pay_unknown", **facts)
    cardholder.enter(begun(order).redirect_url, PAYS)
    for _run in range(2):
        payments.reconcile(older_than=AT_ONCE)
    assert state_of(order) == "paid"
