"""Any process serves any request: each step of a shopper's way kills the process that served the step before."""

import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict

import httpx
import pytest
from django.conf import settings

from config.local import ports
from config.local.fleet import Fleet
from prove.forms import form
from shop.orders.models import Order
from tests import factories
from tests.services import fleet, started

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
ADDRESS = asdict(factories.address())
Send = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def pods(django_db_setup) -> Iterator[Fleet]:
    with started(fleet("any-pod", settings.DATABASES["default"], web=3)) as pods:
        yield pods


@pytest.fixture
def three(pods: Fleet) -> Fleet:
    """Three processes, whatever the test before did to them."""
    for name in pods.ports:
        if not pods.processes[name].running:
            pods.restart(name)
    return pods


class Unlucky:
    """A client behind the load balancer whose last server always dies before its next request. One cookie jar."""

    def __init__(self, pods: Fleet) -> None:
        self.pods = pods
        self.served_by: list[str] = []
        self._starting = ""
        self._http = httpx.Client(base_url=pods.base_url, timeout=60, headers={"Origin": pods.base_url})

    def __call__(self, method: str, url: str, **content: object) -> httpx.Response:
        self._bury()
        response = self._http.request(method, url, **content)
        self.served_by.append(response.headers["X-Pod"])
        return response

    def _bury(self) -> None:
        """Kill the last server, and begin to start the one that was killed before it."""
        if not self.served_by:
            return
        if self._starting:
            self.pods.wait_for(self._starting)
        self.pods.kill(self.served_by[-1])
        while ports.answers(self.pods.ports[self.served_by[-1]]):
            time.sleep(0.01)  # the kernel may take a moment to end the last of its processes
        if len(self.served_by) > 1:
            self._starting = self.served_by[-2]
            self.pods.processes[self._starting].start()


@pytest.fixture
def unlucky(three: Fleet) -> Unlucky:
    return Unlucky(three)


def plain(pods: Fleet) -> Send:
    """A client of one process that lives."""
    return httpx.Client(base_url=pods.url("web-1"), timeout=60, headers={"Origin": pods.base_url}).request


def shop_as_guest(send: Send, slug: str) -> str:
    """Browse, add twice, change the quantity, check out; return the order's number as its page shows it."""
    assert send("GET", "/").status_code == 200
    assert send("GET", "/products/?q=lamp").status_code == 200
    for _ in range(2):
        page = send("GET", f"/products/{slug}/").text
        assert send("POST", "/cart/lines/", data=form(page, "/cart/lines/").values).status_code == 302
    cart = send("GET", "/cart/").text
    line = cart.partition('action="/cart/lines/')[2].partition("/")[0]
    assert send("POST", f"/cart/lines/{line}/", data={"quantity": "3"}).status_code == 302
    return check_out(send)


def check_out(send: Send) -> str:
    checkout = form(send("GET", "/checkout/").text, "/checkout/")
    placed = send(
        "POST", "/checkout/", data=checkout.filled(email="ada@example.com", **ADDRESS, payment_method="bank_transfer")
    )
    assert placed.status_code == 302, placed.text
    again = send(
        "POST", "/checkout/", data=checkout.filled(email="ada@example.com", **ADDRESS, payment_method="bank_transfer")
    )
    assert again.headers["Location"] == placed.headers["Location"]
    page = send("GET", placed.headers["Location"])
    assert page.status_code == 200
    number = Order.objects.get(token=placed.headers["Location"].split("/")[2]).number
    assert number in page.text
    return number


def order_by_phone(send: Send, variant_id: int, headers: dict[str, str]) -> str:
    cart = send("POST", "/api/v1/carts/", headers=headers).json()
    lines = f"/api/v1/carts/{cart['id']}/lines/"
    assert send("POST", lines, json={"variant": variant_id, "quantity": 3}, headers=headers).is_success
    body = {
        "cart": cart["id"],
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "payment": {"method": "bank_transfer"},
    }
    key = {"Idempotency-Key": str(uuid.uuid4()), **headers}
    placed, again = (send("POST", "/api/v1/orders/", json=body, headers=key) for _ in range(2))
    assert (placed.status_code, again.status_code) == (201, 200), placed.text
    assert placed.json()["number"] == again.json()["number"]
    return placed.json()["number"]


def facts(number: str) -> dict[str, object]:
    """What must be the same, whichever processes served it."""
    order = Order.objects.get(number=number)
    lines = list(order.lines.values("sku", "quantity", "unit_price", "total", "tax"))
    return {
        "lines": lines,
        "total": order.total,
        "tax": order.tax_total,
        "payments": order.payments.count(),
        "email": order.email,
    }


def assert_another_each_time(served_by: list[str]) -> None:
    assert all(one != next_one for one, next_one in itertools.pairwise(served_by)), served_by
    assert set(served_by) == {"web-1", "web-2", "web-3"}


def test_a_guest_in_a_browser_notices_nothing(three, unlucky):
    lamp = factories.product("Lamp", prices=("19.90",))
    expected = facts(shop_as_guest(plain(three), lamp.slug))
    assert facts(shop_as_guest(unlucky, lamp.slug)) == expected
    assert_another_each_time(unlucky.served_by)
    assert Order.objects.count() == 2


def test_a_phone_notices_nothing_and_stays_signed_in(three, unlucky):
    """Beside one that is a guest, whose order is the same but for the account."""
    factories.user("ada@example.com", "correct horse battery")
    lamp = factories.variant("19.90")
    expected = facts(order_by_phone(plain(three), lamp.pk, {}))
    token = unlucky(
        "POST", "/api/v1/auth/token/", json={"email": "ada@example.com", "password": "correct horse battery"}
    )
    headers = {"Authorization": f"Bearer {token.json()['access']}"}
    number = order_by_phone(unlucky, lamp.pk, headers)
    assert facts(number) == expected
    assert Order.objects.get(number=number).user.email == "ada@example.com"
    assert unlucky("GET", f"/api/v1/orders/{number}/", headers=headers).status_code == 200
    assert_another_each_time(unlucky.served_by)


def test_a_signed_in_shopper_stays_signed_in_and_keeps_the_guests_cart(three, unlucky):
    factories.user("ada@example.com", "correct horse battery")
    lamp = factories.product("Lamp")
    page = unlucky("GET", f"/products/{lamp.slug}/").text
    unlucky("POST", "/cart/lines/", data=form(page, "/cart/lines/").values)
    login = form(unlucky("GET", "/account/login/").text, "/account/login/")
    answer = unlucky(
        "POST", "/account/login/", data=login.filled(login="ada@example.com", password="correct horse battery")
    )
    assert answer.status_code == 302, answer.text
    assert "Lamp" in unlucky("GET", "/cart/").text
    number = check_out(unlucky)
    assert Order.objects.get(number=number).user.email == "ada@example.com"
    assert number in unlucky("GET", "/account/orders/").text
