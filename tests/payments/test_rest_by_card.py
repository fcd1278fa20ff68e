"""A gift card pays a part, the card provider is asked for the rest: its word comes several times, and counts once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from shop.backoffice import fsck
from shop.checkout.services import place_order
from shop.orders.models import Order, OrderEvent
from shop.payments import services as payments
from shop.payments.models import GIFT_CARD, GiftCard, Payment, PaymentEvent
from tests import factories
from tests.payments import cardholder
from tests.payments.conftest import begun, state_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]
ALL, PART = Decimal("14.90"), Decimal("4.00")


@pytest.fixture
def order() -> Order:
    mine = factories.open_cart(factories.variant("10.00"), gift_card=factories.gift_card("4.00"))
    details = factories.details(payment="card", expected_to_pay="10.90")
    return place_order(cart_id=mine.public_id, key=str(mine.public_id), details=details).order


def balance() -> Decimal:
    return GiftCard.objects.get().balance


def tell(client, payment: Payment, event: str = "evt_1", status: str = "paid") -> None:
    """The provider's message, three times."""
    body = cardholder.message(payment, status, event=event)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in cardholder.signed(body).items()}
    for _ in range(3):
        address = reverse("payment_webhook", args=["card"])
        assert client.post(address, body, content_type="application/json", **headers).status_code == 200


def test_the_rest_is_paid_once_however_often_it_is_said(client, order):
    payment = begun(order)
    assert payment.amount == ALL - PART
    cardholder.enter(payment.redirect_url, cardholder.PAYS)
    tell(client, payment)
    payments.refresh(payment.pk)
    assert state_of(order) == Order.State.PAID
    assert OrderEvent.objects.filter(order=order, state="paid").count() == PaymentEvent.objects.count() == 1
    assert (balance(), fsck.check().broken) == (0, 0)
    payments.cancel_order(order_id=order.pk)
    assert balance() == PART
    assert list(order.payments.values_list("method", "state", "refunded")) == [
        (GIFT_CARD, "refund_due", PART),
        ("card", "refund_due", 0),
    ]
    assert Payment.objects.to_refund().get().method == "card"


def test_after_a_decline_the_same_rest_is_asked_for_again(client, order):
    payment = begun(order)
    cardholder.enter(payment.redirect_url, cardholder.IS_DECLINED)
    tell(client, payment, status="declined")
    again = begun(order)
    assert (again.pk == payment.pk, again.amount, balance()) == (False, ALL - PART, 0)
    payments.cancel_order(order_id=order.pk)
    assert (state_of(order), balance()) == (Order.State.CANCELLED, PART)


def asked_by_an_old_pod(order: Order) -> Payment:
    """Pods of the release before gift cards ask for the whole total."""
    payment = begun(order)
    cardholder.cancel(payment.redirect_url)
    payments.refresh(payment.pk)
    Payment.objects.create(order=order, method="card", amount=order.total, currency=order.currency)
    return _announced(order)


def _announced(order: Order) -> Payment:
    old = order.payments.get(state="pending")
    return payments.begin(
        old.pk, return_url="http://testserver/", webhook_url="http://testserver/payments/card/webhook/"
    )


def test_a_whole_total_that_was_asked_for_is_voided_and_the_rest_asked_for(order):
    old = asked_by_an_old_pod(order)
    Payment.objects.update(created_at="2026-01-01T00:00Z")
    payments.reconcile()
    old.refresh_from_db()
    assert (old.state, state_of(order)) == ("cancelled", Order.State.PLACED)
    assert begun(order).amount == ALL - PART
    assert fsck.check().broken == 0


def test_who_paid_the_whole_total_has_the_gift_card_back(client, order):
    old = asked_by_an_old_pod(order)
    cardholder.enter(old.redirect_url, cardholder.PAYS)
    tell(client, old)
    order.refresh_from_db()
    assert (order.state, order.gift_card_amount, balance()) == (Order.State.PAID, 0, PART)
    assert fsck.check().broken == 0


def test_what_an_old_pod_settled_is_mended_by_repair(order):
    whole = Payment.objects.filter(order=order, method="card")
    whole.update(state="paid", amount=ALL, settled_at=order.placed_at)
    Order.objects.update(state="paid", paid_at=order.placed_at)
    OrderEvent.objects.create(order=order, state="paid", actor="payment provider")
    assert {found.invariant.name for found in fsck.check().findings if found.broken} > {"paid-order-has-its-money"}
    fsck.check(repair=True)
    order.refresh_from_db()
    assert (order.gift_card_amount, balance()) == (0, PART)
    left = {found.invariant.name for found in fsck.check().findings if found.broken}
    assert left == {"order-has-mails-of-its-states"}, "which this test did not write"
