"""The whole way through the API with a plain HTTP client, each request served by the other process than the last."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from shop.catalog.services import category
from tests import factories
from tests.payments import cardholder
from tests.waiting import patience

until = patience(120)

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]
ADDRESS = {"name": "Ada Byron", "line1": "Kastanienallee 12", "postal_code": "10435", "city": "Berlin", "country": "DE"}
PASSWORD = "correct horse battery"


class App:
    """A phone's app: keeps tokens, nothing else; no cookie jar."""

    def __init__(self, addresses: Iterator[str]) -> None:
        self.addresses = addresses
        self.tokens: dict[str, Any] = {}
        self.pods: list[str] = []

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access']}"
        address = path if path.startswith("http") else f"{next(self.addresses)}/api/v1/{path}"
        answer = httpx.request(method, address, json=body, headers=headers, timeout=60)
        assert answer.status_code == status, answer.text
        assert "set-cookie" not in answer.headers
        self.pods.append(answer.headers["X-Pod"].partition("/")[0])
        return answer.json() if answer.content else None


@pytest.fixture
def app(shop) -> App:
    factories.shipping()
    factories.tax()
    factories.product("Blue cushion", slug="cushion", prices=("19.90", "24.90"), categories=(category(["Sofa"]),))
    factories.product("Red rug", slug="rug", prices=("99.00",))
    return App(itertools.cycle(shop.url(name) for name in shop.ports))


def fill_a_cart(app: App) -> dict[str, Any]:
    found = app.ask("GET", "products/?q=cushoin&category=sofa&sort=price")["results"]
    product = app.ask("GET", f"products/{found[0]['slug']}/")
    medium = next(each for each in product["variants"] if each["options"] == {"Size": "M"})
    cart = app.ask("POST", "carts/", status=201)
    added = app.ask("POST", f"carts/{cart['id']}/lines/", {"variant": medium["id"]}, status=201)
    line = added["lines"][0]["id"]
    app.ask("PATCH", f"carts/{cart['id']}/lines/{line}/", {"quantity": 5}, status=412, **{"If-Match": '"0"'})
    changed = app.ask(
        "PATCH", f"carts/{cart['id']}/lines/{line}/", {"quantity": 2}, **{"If-Match": f'"{added["version"]}"'}
    )
    assert changed["subtotal"] == {"amount": "49.80", "currency": "EUR"}
    return changed


def order_body(app: App, cart: dict[str, Any], method: str) -> dict[str, Any]:
    (delivery,) = app.ask("GET", f"carts/{cart['id']}/shipping-methods/?country=DE")["results"]
    return {
        "cart": cart["id"],
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": delivery["code"],
        "payment": {"method": method},
        "expected_total": delivery["total"]["amount"],
    }


def test_a_guest_finds_orders_and_pays_by_card(app, mails):
    body = order_body(app, fill_a_cart(app), "card")
    key = str(uuid.uuid4())
    order = app.ask("POST", "orders/", body, status=201, **{"Idempotency-Key": key})
    again = app.ask("POST", "orders/", body, **{"Idempotency-Key": key})
    assert (again["number"], again["payment"]) == (order["number"], order["payment"])
    app.ask("POST", "orders/", body | {"email": "eve@example.com"}, status=422, **{"Idempotency-Key": key})
    app.ask("GET", f"carts/{body['cart']}/", status=404)

    cardholder.enter(order["payment"]["redirect_url"], cardholder.PAYS)
    address = f"orders/{order['number']}/?token={order['token']}"
    until(lambda: app.ask("GET", address)["state"] == "paid")
    shown = app.ask("GET", address)
    assert (shown["payment"]["state"], shown["payment"]["redirect_url"]) == ("paid", None)
    assert [event["state"] for event in shown["history"]] == ["placed", "paid"]
    until(lambda: sum(order["number"] in file.read_text() for file in mails.glob("*.eml")) == 2)
    assert len(set(app.pods)) == 2, "more than one process took part"


def test_somebody_registers_joins_the_guests_cart_and_orders(app, mails):
    cart = fill_a_cart(app)
    app.ask("POST", "auth/register/", {"email": "ada@example.com", "password": PASSWORD}, status=202)
    app.tokens = app.ask("POST", "auth/token/", {"email": "ada@example.com", "password": PASSWORD, "cart": cart["id"]})
    assert app.tokens["cart"] == app.ask("GET", "carts/current/")["id"]
    app.ask("GET", f"carts/{cart['id']}/", status=404)
    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{next(app.addresses)}/.well-known/jwks.json", timeout=60).json())
    kid = jwt.get_unverified_header(app.tokens["access"])["kid"]
    claims = jwt.decode(app.tokens["access"], keys[kid], algorithms=["ES256"])
    assert claims["exp"] - claims["iat"] == 900

    own = app.ask("GET", "carts/current/")
    body = order_body(app, own, "bank_transfer")
    order = app.ask("POST", "orders/", body, status=201, **{"Idempotency-Key": "1"})
    assert order["payment"]["instructions"]["reference"] == order["number"]
    assert [row["number"] for row in app.ask("GET", "orders/")["results"]] == [order["number"]]
    assert app.ask("GET", f"orders/{order['number']}/")["total"] == {"amount": "54.70", "currency": "EUR"}
    assert app.ask("GET", "carts/current/")["lines"] == []

    used = app.tokens["refresh"]
    app.tokens = app.ask("POST", "auth/token/refresh/", {"refresh": used})
    assert app.ask("GET", "me/")["email"] == "ada@example.com"
    app.ask("POST", "auth/logout/", {"refresh": app.tokens["refresh"]}, status=204)
    app.ask("POST", "auth/token/refresh/", {"refresh": app.tokens["refresh"]}, status=401)
    until(lambda: len(list(mails.glob("*.eml"))) == 2)
    assert len(set(app.pods)) == 2
