"""The card provider is gone, silent, or charges and then says nothing; and web processes that never heard of SQS."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from config.local.proxy import Proxy
from shop.notifications.models import Mail
from shop.orders.models import Order, OrderEvent
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.platform.models import OutboxMessage
from tests import factories
from tests.outages import proxied
from tests.payments import cardholder
from tests.payments.conftest import begun, ordered, provider  # noqa: F401 - a fixture
from tests.services import fleet, started
from tests.waiting import patience

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax", "provider"),
]
SILENT = 120.0  # seconds
BOUND = SILENT / 2 - 5  # two calls to the provider, of 4 each at most, on a busy machine
until = patience(60)


@dataclass
class Pods:
    fleet: Fleet
    card: Proxy
    sqs: Proxy

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.fleet.base_url}{path}", timeout=BOUND)

    def pay(self, order: Order, method: str = "card") -> httpx.Response:
        form = {"method": method, "csrfmiddlewaretoken": "a" * 32}
        url = f"{self.fleet.base_url}/orders/{order.token}/pay/"
        return httpx.post(url, data=form, cookies={"csrftoken": "a" * 32}, timeout=BOUND)


@pytest.fixture(scope="module")
def pods(django_db_setup) -> Iterator[Pods]:
    """Two web processes; the card provider behind a proxy; SQS unnamed, and who would ask it is counted."""
    with proxied("testpay", "sqs") as (proxies, leads):
        unnamed = {"SQS_QUEUE_BASE_URL": "https://sqs.invalid/000000000000"}
        with started(
            fleet("payment-outage", settings.DATABASES["default"], web=2, environment=leads | unnamed)
        ) as made:
            yield Pods(made, proxies["testpay"], proxies["sqs"])


@pytest.fixture(autouse=True)
def _well_again(pods: Pods) -> Iterator[None]:
    yield
    pods.card.restore()
    cardholder.provider("POST", "/_test/outage", {})


def assert_paid_once(order: Order) -> None:
    order.refresh_from_db()
    assert order.state == "paid"
    assert [payment.state for payment in Payment.objects.filter(order=order)] == ["paid"]
    assert OrderEvent.objects.filter(order=order, state="paid").count() == 1
    assert Mail.objects.filter(dedupe_key=f"order_paid:{order.pk}").count() == 1


def test_web_processes_take_orders_without_knowing_sqs(pods):
    cart = factories.open_cart(factories.variant())
    address = {"name": "Ada", "line1": "Allee 1", "postal_code": "10435", "city": "Berlin", "country": "DE"}
    body = {"cart": str(cart.public_id), "email": "ada@example.com", "shipping_address": address}
    body |= {"shipping_method": "standard", "payment": {"method": "bank_transfer"}}
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
    answer = httpx.post(
        f"{pods.fleet.base_url}/api/v1/orders/", content=json.dumps(body), headers=headers, timeout=BOUND
    )
    assert answer.status_code == 201, answer.text
    assert all(pods.get(page).status_code == 200 for page in ("/", "/products/", "/cart/", "/readyz?verbose"))
    assert OutboxMessage.objects.get().state == "waiting"
    assert pods.sqs.connections == 0


@pytest.mark.parametrize("outage", ["refuse", "hold"])
def test_without_a_provider_the_order_stands_and_can_be_paid_later_or_otherwise(pods, outage):
    order = ordered()
    getattr(pods.card, outage)()
    answer = pods.pay(order)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/orders/{order.token}/")
    page = httpx.get(f"{pods.fleet.base_url}/orders/{order.token}/", cookies=answer.cookies, timeout=BOUND)
    assert page.status_code == 200
    assert "cannot be reached" in page.text
    pods.card.restore()
    assert pods.pay(order).headers["Location"].startswith("http")
    payment = Payment.objects.get()
    assert (payment.state, order.state) == ("pending", "placed")
    assert payment.reference


@pytest.mark.parametrize("heard", ["return", "webhook", "housekeeping"])
def test_charged_and_then_silence_is_one_charge_and_one_paid_order(pods, heard):
    order = ordered()
    payment = begun(order, pods.fleet.base_url)
    cardholder.provider("POST", "/_test/outage", {"seconds": SILENT, "after": True, "pages": True})
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(payment.redirect_url, data={"number": cardholder.PAYS, "expiry": "12/34", "code": "123"}, timeout=1)
    until(lambda: cardholder.provider("GET", f"/_test/payments/{payment.reference}/events")["events"])  # it charged
    if heard == "return":
        assert pods.get(f"/orders/{order.token}/return/").status_code == 302
        assert pods.pay(order).headers["Location"] == f"/orders/{order.token}/"  # nobody is sent to pay twice
    order.refresh_from_db()
    assert order.state == "placed"

    cardholder.provider("POST", "/_test/outage", {})
    if heard == "return":
        pods.get(f"/orders/{order.token}/return/")
    elif heard == "webhook":
        cardholder.provider("POST", f"/_test/payments/{payment.reference}/deliver", {})
    else:
        payments.reconcile(older_than=timedelta(0))
    assert_paid_once(order)
    cardholder.provider("POST", f"/_test/payments/{payment.reference}/deliver", {"copies": 2})
    pods.get(f"/orders/{order.token}/return/")
    assert_paid_once(order)
