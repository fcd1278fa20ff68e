"""Paying by card at a provider that really runs: what the customer does there and what becomes of the order."""

import time
from datetime import timedelta

import pytest

from shop.inventory.models import Stock
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order, OrderEvent
from shop.payments import services as payments
from shop.payments.errors import NotPayable, ProviderUnavailable
from shop.payments.models import Payment
from tests.payments import cardholder
from tests.payments.cardholder import ASKS, IS_DECLINED, PAYS
from tests.payments.conftest import begun, ordered, state_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]


def come_back(client, order: Order) -> str:
    """The browser follows the provider's redirect; returns the order's state then."""
    response = client.get(f"/orders/{order.token}/return/")
    assert response.status_code == 302
    assert response["Location"] == f"/orders/{order.token}/"
    return state_of(order)


def test_a_good_card_pays_the_order_when_the_browser_returns(client):
    order = ordered()
    payment = begun(order)
    answer = cardholder.enter(payment.redirect_url, PAYS)
    assert answer.headers["Location"] == f"http://testserver/orders/{order.token}/return/"
    assert come_back(client, order) == "paid"
    assert Payment.objects.get().state == "paid"
    assert Mail.objects.filter(kind="order_paid").count() == 1


def test_after_a_declined_card_another_one_pays(client):
    order = ordered()
    payment = begun(order)
    again = cardholder.enter(payment.redirect_url, IS_DECLINED)
    assert again.headers["Location"].endswith(f"/pay/{payment.reference}")
    assert state_of(order) == "placed"
    cardholder.enter(payment.redirect_url, PAYS)
    assert come_back(client, order) == "paid"


def test_after_too_many_declined_cards_a_new_payment_can_be_made(client):
    order = ordered()
    first = begun(order)
    for _ in range(3):
        last = cardholder.enter(first.redirect_url, IS_DECLINED)
    shop = cardholder.httpx.get(f"http://{cardholder.settings.CARD_PROVIDER_URL[7:]}{last.headers['Location']}")
    assert shop.headers["Location"].startswith("http://testserver/")
    assert come_back(client, order) == "placed"
    first.refresh_from_db()
    assert (first.state, first.message) == ("declined", "The card was declined.")

    second = begun(order)
    assert second.pk != first.pk
    cardholder.enter(second.redirect_url, PAYS)
    assert come_back(client, order) == "paid"


@pytest.mark.parametrize(("choice", "expected"), [("confirm", "paid"), ("refuse", "placed")])
def test_a_card_that_asks_pays_only_if_its_owner_confirms(client, choice, expected):
    order = ordered()
    payment = begun(order)
    asked = cardholder.enter(payment.redirect_url, ASKS)
    assert asked.headers["Location"].endswith("/confirm")
    assert come_back(client, order) == "placed"
    cardholder.answer_bank(payment.redirect_url, choice)
    assert come_back(client, order) == expected


def test_a_cancelled_payment_leaves_an_order_that_can_be_paid(client):
    order = ordered()
    payment = begun(order)
    assert cardholder.cancel(payment.redirect_url).headers["Location"].startswith("http://testserver/orders/")
    assert come_back(client, order) == "placed"
    assert begun(order).pk != payment.pk
    assert list(Payment.objects.values_list("state", flat=True)) == ["cancelled", "pending"]


def test_beginning_twice_is_one_payment_at_the_provider():
    order = ordered()
    first, second = begun(order), begun(order)
    assert (first.pk, first.reference) == (second.pk, second.reference)
    Payment.objects.update(reference="", redirect_url="")  # as if the answer to the first call had been lost
    assert begun(order).reference == first.reference


def test_an_announcement_whose_answer_was_lost_does_not_stand_in_the_way_of_another_return_address(client):
    """The phone announced the payment and heard nothing; the browser goes on. What the phone opened is never paid."""
    order = ordered()
    lost = begun(order, "http://phone.example")
    Payment.objects.update(reference="", redirect_url="")
    payment = begun(order)
    assert payment.reference not in ("", lost.reference)
    closed = cardholder.message(payment, "cancelled", id=lost.reference)
    sent = {"content_type": "application/json", "headers": cardholder.signed(closed)}
    assert client.post("/payments/card/webhook/", closed, **sent).status_code == 200
    assert Payment.objects.get().state == "pending"
    cardholder.enter(payment.redirect_url, PAYS)
    assert come_back(client, order) == "paid"


def test_a_paid_order_cannot_be_paid_again(client):
    order = ordered()
    cardholder.enter(begun(order).redirect_url, PAYS)
    with pytest.raises(NotPayable):  # the provider is asked before another page is opened
        begun(order)
    assert state_of(order) == "paid"


def test_the_order_stands_while_the_provider_is_away(client, settings):
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:9"
    order = ordered()
    response = client.post(f"/orders/{order.token}/pay/", {"method": "card"})
    assert response["Location"] == f"/orders/{order.token}/"
    assert "cannot be reached" in client.get(response["Location"]).content.decode()
    assert state_of(order) == "placed"


@pytest.mark.parametrize("outage", [{"seconds": 120}, {"status": 500}, {"seconds": 0.2, "status": 503}])
def test_a_slow_or_broken_provider_costs_a_bounded_time(outage):
    order = ordered()
    cardholder.provider("POST", "/_test/outage", outage)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        begun(order)
    assert time.monotonic() - began < 60  # far below the 120 that it keeps silent
    cardholder.provider("POST", "/_test/outage", {})
    assert begun(order).redirect_url


def test_a_customer_of_a_broken_provider_can_pay_by_transfer(settings):
    order = ordered()
    begun(order)
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:9"
    payment = payments.attempt(order_id=order.pk, method="bank_transfer")
    assert list(Payment.objects.values_list("method", "state")) == [("card", "cancelled"), ("bank_transfer", "pending")]
    payments.receive(order_id=order.pk, actor="staff@example.com")
    payment.refresh_from_db()
    assert (payment.state, state_of(order)) == ("paid", "paid")


@pytest.mark.parametrize("transferred", [False, True])
def test_a_card_charged_by_a_provider_that_fell_silent_is_found_though_another_method_was_chosen(transferred):
    order = ordered()
    card = begun(order)
    cardholder.enter(card.redirect_url, PAYS)
    cardholder.provider("POST", "/_test/outage", {"status": 503})
    payments.attempt(order_id=order.pk, method="bank_transfer")
    if transferred:
        payments.receive(order_id=order.pk, actor="staff@example.com")
    assert payments.reconcile(older_than=timedelta(0)) == 0
    cardholder.provider("POST", "/_test/outage", {})
    assert payments.reconcile(older_than=timedelta(0)) == 1
    assert payments.reconcile(older_than=timedelta(0)) == 0
    card.refresh_from_db()
    assert state_of(order) == "paid"
    assert card.state == ("refund_due" if transferred else "paid")


def test_money_that_arrives_after_the_order_was_cancelled_is_to_be_refunded(client):
    order = ordered()
    payment = begun(order)
    orders.cancel(order_id=order.pk)
    cardholder.enter(payment.redirect_url, PAYS)
    assert come_back(client, order) == "cancelled"
    assert Payment.objects.get().state == "refund_due"
    assert payment.reference in OrderEvent.objects.last().note
    assert Stock.objects.get().on_hand == 10


def test_cancelling_an_order_closes_the_card_page():
    order = ordered()
    payment = begun(order)
    payments.cancel_order(order_id=order.pk, actor="staff@example.com")
    assert cardholder.enter(payment.redirect_url, PAYS).status_code == 303
    assert cardholder.provider("GET", f"/v1/payments/{payment.reference}")["status"] == "cancelled"
    assert (Payment.objects.get().state, state_of(order)) == ("cancelled", "cancelled")


def test_cancelling_a_paid_order_leaves_a_refund_to_be_made():
    order = ordered()
    cardholder.enter(begun(order).redirect_url, PAYS)
    assert payments.cancel_order(order_id=order.pk, unless_paid=True).state == "paid"
    assert payments.cancel_order(order_id=order.pk).state == "cancelled"
    assert Payment.objects.get().state == "refund_due"


def test_housekeeping_finds_what_nobody_told():
    """The card was charged, the browser never came back, every webhook was lost."""
    order = ordered()
    cardholder.enter(begun(order).redirect_url, PAYS)
    assert payments.reconcile(older_than=timedelta(hours=1)) == 0
    assert state_of(order) == "placed"
    assert payments.reconcile(older_than=timedelta(0)) == 1
    assert state_of(order) == "paid"


def test_housekeeping_closes_what_a_cancelled_order_left_open():
    order = ordered()
    payment = begun(order)
    orders.cancel(order_id=order.pk)
    payments.reconcile(older_than=timedelta(0))
    assert cardholder.provider("GET", f"/v1/payments/{payment.reference}")["status"] == "cancelled"
    assert Payment.objects.get().state == "cancelled"


def test_housekeeping_waits_for_a_provider_that_is_away(settings):
    begun(ordered())
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:9"
    assert payments.reconcile(older_than=timedelta(0)) == 0
    assert Payment.objects.get().state == "pending"


def test_a_transfer_that_arrives_after_the_card_has_paid_is_to_be_refunded():
    order = ordered("bank_transfer")
    orders.mark_paid(order_id=order.pk, note="by card, which was slow")
    payments.receive(order_id=order.pk, actor="staff@example.com")
    assert order.payments.get().state == Payment.State.REFUND_DUE
