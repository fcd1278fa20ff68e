"""A shopper with a browser and one with a phone, who expect each answer to be right and to come soon."""

import time
import uuid
from dataclasses import asdict, dataclass, field
from functools import cache

import httpx
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from prove.forms import form
from shop.accounts.models import User
from shop.orders.models import Order
from tests import factories

PASSWORD = "correct horse battery"
ADDRESS = asdict(factories.address())
SOON = 50.0  # seconds: less than one answer of a Redis that takes a minute; an outage's own waits are far below


class Visitor:
    def __init__(self, base_url: str, **cookies: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=55, headers={"Origin": base_url}, cookies=cookies)

    def send(self, method: str, url: str, *, expect: int = 200, **content: object) -> httpx.Response:
        began = time.monotonic()
        answer = self.http.request(method, url, **content)
        took = time.monotonic() - began
        assert answer.status_code == expect, f"{method} {url}: {answer.status_code} {answer.text[:300]}"
        assert took < SOON, f"{method} {url} took {took:.1f} s"
        return answer


class Browser(Visitor):
    def sign_in(self, email: str) -> None:
        login = form(self.send("GET", "/account/login/").text, "/account/login/")
        self.send("POST", "/account/login/", data=login.filled(login=email, password=PASSWORD), expect=302)

    def sign_out(self) -> None:
        logout = form(self.send("GET", "/account/logout/").text, "/account/logout/")
        self.send("POST", "/account/logout/", data=logout.values, expect=302)

    def is_signed_in(self) -> bool:
        return self.http.get("/account/orders/").status_code == 200

    def add(self, slug: str) -> None:
        buy = form(self.send("GET", f"/products/{slug}/").text, "/cart/lines/")
        self.send("POST", "/cart/lines/", data=buy.values, expect=302)

    def cart(self) -> str:
        return self.send("GET", "/cart/").text

    def browse(self, slug: str) -> None:
        for page in ("/", "/products/", "/products/?q=lamp", f"/products/{slug}/", "/fragments/shopper/", "/cart/"):
            self.send("GET", page)

    def checkout(self) -> dict[str, str]:
        """Return what the filled in page of the checkout sends."""
        page = form(self.send("GET", "/checkout/").text, "/checkout/")
        return page.filled(email="ada@example.com", **ADDRESS, payment_method="bank_transfer")

    def order(self) -> str:
        """Place an order, twice; return its number."""
        filled = self.checkout()
        first, again = (self.send("POST", "/checkout/", data=filled, expect=302) for _ in range(2))
        assert first.headers["Location"] == again.headers["Location"]
        number = Order.objects.get(token=first.headers["Location"].split("/")[2]).number
        assert number in self.send("GET", first.headers["Location"]).text
        return number


@dataclass
class Basket:
    """A phone's cart, and the order that it sends for it."""

    cart: str
    headers: dict[str, str] = field(default_factory=lambda: {"Idempotency-Key": str(uuid.uuid4())})

    @property
    def body(self) -> dict[str, object]:
        return {
            "cart": self.cart,
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "payment": {"method": "bank_transfer"},
        }


class Phone(Visitor):
    refresh_token = ""

    def sign_in(self, email: str) -> None:
        signed_in = self.send("POST", "/api/v1/auth/token/", json={"email": email, "password": PASSWORD}).json()
        self._keep(signed_in)

    def refresh(self) -> None:
        self._keep(self.send("POST", "/api/v1/auth/token/refresh/", json={"refresh": self.refresh_token}).json())

    def _keep(self, tokens: dict[str, str]) -> None:
        self.refresh_token = tokens["refresh"]
        self.http.headers["Authorization"] = f"Bearer {tokens['access']}"

    def fill(self, variant_id: int) -> Basket:
        cart = self.send("POST", "/api/v1/carts/", expect=201).json()["id"]
        lines = f"/api/v1/carts/{cart}/lines/"
        self.send("POST", lines, json={"variant": variant_id, "quantity": 1}, expect=201)
        return Basket(cart)

    def order(self, basket: Basket) -> str:
        """Place an order, twice; return its number."""
        first = self.send("POST", "/api/v1/orders/", json=basket.body, headers=basket.headers, expect=201)
        again = self.send("POST", "/api/v1/orders/", json=basket.body, headers=basket.headers)
        assert first.json()["number"] == again.json()["number"]
        return str(first.json()["number"])

    def browse(self, slug: str) -> None:
        for page in ("products/", "products/?q=lamp", f"products/{slug}/", "categories/", "me/", "orders/"):
            self.send("GET", f"/api/v1/{page}")


def account(name: str, **fields: bool) -> User:
    return User.objects.create(email=f"{name}@example.com", password=hashed(), **fields)


@cache
def hashed() -> str:
    """As a pod hashes it, which would otherwise do it again at the first sign-in."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(PASSWORD, hasher.salt())


def signed_in(user: User) -> dict[str, str]:
    """Return the cookies of a browser in which somebody signed in."""
    client = Client()
    client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}
