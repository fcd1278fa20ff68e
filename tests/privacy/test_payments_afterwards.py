"""What a provider says after the customer was erased counts as ever."""

import pytest

from shop.accounts.models import User
from shop.backoffice import fsck
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.privacy import erasure
from tests.payments.cardholder import message, signed
from tests.privacy.conftest import confirmed, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(delivery_and_tax) -> Payment:
    """By card, not paid yet, of an account that is erased."""
    user = confirmed("ada@example.com")
    order = ordered(user)
    Payment.objects.update(method="card", reference="pay_1", redirect_url="http://provider.example/pay/pay_1")
    erasure.erase_account(user_id=user.pk)
    assert not User.objects.exists()
    return Payment.objects.get(order=order)


def hear(client, payment: Payment) -> None:
    body = message(payment)
    url = "/payments/card/webhook/"
    answer = client.post(url, body, content_type="application/json", headers=signed(body))
    assert answer.status_code == 200


def test_it_pays_the_order_which_is_delivered_and_then_loses_its_name(client, payment):
    hear(client, payment)
    order = Order.objects.get()
    assert (order.state, order.email) == ("paid", "ada@example.com")
    assert Mail.objects.filter(kind="order_paid", to="ada@example.com").exists()
    orders.ship(order_id=order.pk)
    erasure.finish_due()
    assert (Order.objects.get().email, Payment.objects.get().redirect_url) == ("", "")
    hear(client, payment)
    assert not fsck.check().broken


def test_money_for_a_cancelled_order_without_a_name_is_owed_back_and_nobody_is_written_to(client, payment):
    Payment.objects.update(state="cancelled")
    orders.cancel(order_id=payment.order_id)
    erasure.finish_due()
    mails = Mail.objects.count()
    hear(client, payment)
    assert Payment.objects.get().state == "refund_due"
    assert (Order.objects.get().email, Mail.objects.count()) == ("", mails)
