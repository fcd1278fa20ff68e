"""Webhook and browser meet: before, during and after the return, each three times, in several processes: paid once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

import httpx
import pytest
from django.conf import settings
from django.db import connection

from config.local.fleet import Fleet
from shop.notifications.models import Mail
from shop.orders.models import Order, OrderEvent
from shop.payments import services as payments
from shop.payments.models import Payment, PaymentEvent
from tests.payments import cardholder
from tests.payments.conftest import begun, ordered
from tests.services import fleet, started

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]
TIMES = 3


@pytest.fixture(scope="module")
def pods(django_db_setup) -> Iterator[Fleet]:
    with started(fleet("payments", {"NAME": connection.settings_dict["NAME"]}, web=3)) as three:
        yield three


def paid_at_provider(pods: Fleet) -> tuple[Order, Payment]:
    """An order whose card was charged; nobody has told the shop yet."""
    order = ordered()
    payment = begun(order, pods.base_url)
    assert cardholder.enter(payment.redirect_url, cardholder.PAYS).status_code == 303
    return order, payment


def come_back(pods: Fleet, order: Order, times: int = TIMES) -> None:
    """The browser returns, each time to another process and all at once."""
    addresses = [f"{pods.url(name)}/orders/{order.token}/return/" for name in islice(cycle(pods.ports), times)]
    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(lambda url: httpx.get(url, timeout=120), addresses))
    assert {answer.status_code for answer in answers} == {302}


def deliver(payment: Payment, copies: int = TIMES) -> None:
    """The provider sends every event of the payment so often, all at once."""
    told = cardholder.provider("POST", f"/_test/payments/{payment.reference}/deliver", {"copies": copies})
    assert set(told["answers"]) == {200}


def assert_paid_once(order: Order, *, events: int) -> None:
    order.refresh_from_db()
    assert order.state == "paid"
    assert Payment.objects.filter(order=order).values_list("state", flat=True).get() == "paid"
    assert PaymentEvent.objects.filter(payment__order=order).count() == events
    assert OrderEvent.objects.filter(order=order, state="paid").count() == 1
    assert Mail.objects.filter(dedupe_key=f"order_paid:{order.pk}").count() == 1


def test_webhook_before_the_return(pods):
    order, payment = paid_at_provider(pods)
    deliver(payment)
    come_back(pods, order)
    assert_paid_once(order, events=2)


def test_webhook_after_the_return(pods):
    order, payment = paid_at_provider(pods)
    come_back(pods, order)
    deliver(payment)
    assert_paid_once(order, events=2)


def test_webhook_during_the_return(pods):
    order, payment = paid_at_provider(pods)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(deliver, payment), pool.submit(come_back, pods, order)]
        for one in both:
            one.result()
    assert_paid_once(order, events=2)


def test_many_of_both_and_the_housekeeping_at_once(pods):
    order, payment = paid_at_provider(pods)
    cardholder.webhooks(paused=True, backwards=True)
    with ThreadPoolExecutor(3) as pool:
        all_of_them = [pool.submit(deliver, payment, 8), pool.submit(come_back, pods, order, 12)]
        payments.reconcile()
        for one in all_of_them:
            one.result()
    assert_paid_once(order, events=2)


def test_the_provider_sends_again_until_the_shop_takes_it(pods):
    """The shop cannot be reached when the card is charged, and nobody returns."""
    order, payment = paid_at_provider(pods)
    pods.kill("balancer")
    cardholder.webhooks(copies=TIMES, backwards=True)
    refused = cardholder.provider("POST", f"/_test/payments/{payment.reference}/wait", {"seconds": 1})
    assert not refused["delivered"]
    pods.restart("balancer")
    assert cardholder.provider("POST", f"/_test/payments/{payment.reference}/wait", {"seconds": 90})["delivered"]
    assert_paid_once(order, events=2)


def test_two_processes_begin_one_payment(pods):
    """A double click on "Pay now": one payment at the provider, one page."""
    order = ordered()
    addresses = [f"{pods.url(name)}/orders/{order.token}/pay/" for name in islice(cycle(pods.ports), 9)]
    csrf = {"csrftoken": "a" * 32}
    with ThreadPoolExecutor(9) as pool:
        answers = list(
            pool.map(
                lambda url: httpx.post(
                    url, data={"method": "card", "csrfmiddlewaretoken": "a" * 32}, cookies=csrf, timeout=120
                ),
                addresses,
            )
        )
    assert {answer.status_code for answer in answers} == {302}
    payment = Payment.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {payment.redirect_url}
    assert settings.CARD_PROVIDER_URL in payment.redirect_url
