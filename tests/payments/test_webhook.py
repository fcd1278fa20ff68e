"""The provider's messages: believed only when signed and fresh, acted upon once, in whatever order they come."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import OrderEvent
from shop.payments.models import Payment, PaymentEvent
from tests.payments.cardholder import message, signed
from tests.payments.conftest import ordered, state_of

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/payments/card/webhook/"


@pytest.fixture
def payment() -> Payment:
    """A card payment that the provider knows as "pay_1"."""
    ordered()
    Payment.objects.update(reference="pay_1", redirect_url="http://provider.example/pay/pay_1")
    return Payment.objects.get()


def send(client, body: bytes, headers: dict[str, str] | None = None) -> int:
    headers = signed(body) if headers is None else headers
    return client.post(URL, body, content_type="application/json", headers=headers).status_code


def test_a_signed_message_pays_the_order(client, payment):
    assert send(client, message(payment)) == 200
    assert state_of(payment.order) == "paid"
    assert PaymentEvent.objects.get().kind == "payment.paid"


@pytest.mark.parametrize(
    "forged",
    [
        lambda _body: {},
        lambda _body: {"Testpay-Signature": "nonsense"},
        lambda _body: {"Testpay-Signature": "t=,v1="},
        lambda _body: {"Testpay-Signature": f"t={int(time.time())},v1=ü"},
        lambda body: signed(body, secret="another secret"),
        lambda body: signed(body + b" "),
    ],
)
def test_a_message_with_a_bad_signature_is_refused(client, payment, forged):
    body = message(payment)
    assert send(client, body, forged(body)) == 400
    assert state_of(payment.order) == "placed"
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize("seconds", [-320, 320])
def test_a_message_signed_at_another_time_is_refused(client, payment, seconds):
    body = message(payment)
    assert send(client, body, signed(body, at=time.time() + seconds)) == 400
    assert state_of(payment.order) == "placed"
    assert send(client, body, signed(body, at=time.time() - 200)) == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1, "type": 2, "payment": "x"}', b"\xff"])
def test_a_signed_message_that_says_nothing_is_refused(client, body):
    assert send(client, body) == 400


def test_a_message_about_a_payment_of_another_shop_is_refused(client, payment):
    other = message(payment, reference="00000000-0000-4000-8000-000000000000")
    assert send(client, other) == 404


def test_the_same_message_three_times_acts_once(client, payment):
    body = message(payment)
    assert [send(client, body) for _ in range(3)] == [200, 200, 200]
    assert PaymentEvent.objects.count() == 1
    assert Mail.objects.filter(kind="order_paid").count() == 1
    assert OrderEvent.objects.filter(state="paid").count() == 1


@pytest.mark.parametrize("late", ["open", "declined", "cancelled"])
def test_an_older_message_that_comes_later_changes_nothing(client, payment, late):
    send(client, message(payment, "paid", event="evt_2"))
    assert send(client, message(payment, late, event="evt_1")) == 200
    assert (Payment.objects.get().state, state_of(payment.order)) == ("paid", "paid")


def test_money_counts_even_after_we_heard_of_a_decline(client, payment):
    send(client, message(payment, "declined", event="evt_1"))
    assert Payment.objects.get().state == "declined"
    send(client, message(payment, "paid", event="evt_2"))
    assert (Payment.objects.get().state, state_of(payment.order)) == ("paid", "paid")


@pytest.mark.parametrize("changed", [{"amount": 1}, {"currency": "USD"}, {"id": "pay_of_somebody_else"}])
def test_another_amount_currency_or_reference_does_not_pay(client, payment, changed):
    assert send(client, message(payment, **changed)) == 200
    assert (Payment.objects.get().state, state_of(payment.order)) == ("refund_due", "placed")
    assert "to be checked" in OrderEvent.objects.last().note


def test_a_message_that_overtakes_the_answer_to_our_announcement_pays(client):
    """The provider may tell of a payment before we have written down its reference."""
    order = ordered()
    early = Payment.objects.get()
    assert early.reference == ""
    assert send(client, message(early, id="pay_9")) == 200
    assert (Payment.objects.get().reference, state_of(order)) == ("pay_9", "paid")


def test_money_for_a_cancelled_order_is_to_be_refunded(client, payment):
    orders.cancel(order_id=payment.order_id)
    assert send(client, message(payment)) == 200
    assert send(client, message(payment, event="evt_2")) == 200
    assert (Payment.objects.get().state, state_of(payment.order)) == ("refund_due", "cancelled")
    assert OrderEvent.objects.filter(note__contains="to be refunded").count() == 1


def test_money_that_arrives_while_the_order_is_being_cancelled_waits_and_is_refunded(client, payment):
    def told() -> int:
        try:
            return send(client, message(payment))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            orders.cancel(order_id=payment.order_id)
            webhook = pool.submit(told)
            time.sleep(0.5)
            assert not webhook.done()
        assert webhook.result(60) == 200
    assert (Payment.objects.get().state, state_of(payment.order)) == ("refund_due", "cancelled")


def test_no_method_without_a_provider_takes_messages(client):
    assert client.post("/payments/bank_transfer/webhook/", b"{}", content_type="application/json").status_code == 404
