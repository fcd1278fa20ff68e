"""A visitor of the store: fills carts and reads forms, so that requests worth measuring can be made."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bench.catalogue.rows import Article
from bench.client import Answer, Caller, Request, request

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
HOST = "127.0.0.1"  # one name for all processes, as behind one Service: a page is kept once for each name of the host
LINES = 3  # of an order
KNOWN = 3000  # products that a visitor asks for, spread over all there are
ADMIN, PASSWORD = "bench@example.com", "a password for the benchmark"  # of whom the stage lets into the admin
SIGN_IN = "/admin/login/?next=/admin/"
FORM = "application/x-www-form-urlencoded"
ADDRESS = {
    "name": "Ada Bench",
    "line1": "Lange Straße 5",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}


class Visitor:
    """Speaks to one web process. Everything goes through the outside, as a browser or a phone would do it."""

    def __init__(self, port: int, *, products: int, carts: int, orders: int) -> None:
        """`products`: how many there are. `carts`, `orders`: how many to prepare where requests use them up."""
        self.caller = Caller(port)
        self.carts = carts
        self.orders = orders
        self.products = products
        self.run = secrets.token_hex(4)  # no idempotency key is used by two runs
        step = max(1, products // KNOWN)
        self.articles = [each for each in map(Article, range(1, products + 1, step)) if each.in_stock[0]]

    def article(self, number: int) -> Article:
        return self.articles[number % len(self.articles)]

    def some(self, count: int) -> list[Article]:
        """Return different articles, spread over what there is."""
        step = max(1, len(self.articles) // count)
        return self.articles[::step][:count]

    def get(self, path: str, *, cookies: Mapping[str, str] | None = None, **wanted: Any) -> Request:
        return request("GET", HOST + path, headers=_cookie(cookies or {}), **wanted)

    def post(self, path: str, fields: Mapping[str, object], cookies: Mapping[str, str], **wanted: Any) -> Request:
        """A form, sent by a browser from one of the store's own pages."""
        browser = {"Content-Type": FORM, "Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
        headers = {**browser, **_cookie(cookies), **wanted.pop("headers", {})}
        return request("POST", HOST + path, headers=headers, body=urlencode(fields).encode(), **wanted)

    def json(self, path: str, value: object, *, headers: Mapping[str, str] | None = None, status: int) -> Request:
        fields = {"Content-Type": "application/json", **(headers or {})}
        return request("POST", HOST + path, headers=fields, body=json.dumps(value).encode(), status=status)

    def send(self, wanted: Request) -> Answer:
        return self.caller.send(wanted)

    def add(self, number: int, cookies: Mapping[str, str], **wanted: Any) -> Request:
        """Put article `number` into the cart of these cookies."""
        fields = {"variant": self.article(number).variants[0], "quantity": 1}
        return self.post("/cart/lines/", fields, cookies, **{"status": 302, **wanted})

    def cart(self, number: int, lines: int = LINES) -> dict[str, str]:
        """Fill a guest's cart and return its cookie."""
        cookies: dict[str, str] = {}
        for line in range(lines):
            set_now = self.send(self.add(number * LINES + line, cookies)).cookies()
            cookies = {"cart": set_now.get("cart", cookies.get("cart", ""))}
        return cookies

    def order(self, number: int) -> Request:
        """Fill a cart, open the checkout and fill in its form; what is left is to send it."""
        cookies = self.cart(number)
        page = self.send(self.get("/checkout/", cookies=cookies))
        hidden = dict(FIELD.findall(page.body.decode()))
        chosen = {"shipping_method": "standard", "payment_method": "bank_transfer"}
        fields = {**hidden, **chosen, "email": f"guest{number}@example.com", **ADDRESS}
        return self.post("/checkout/", fields, cookies | page.cookies(), status=302, text="/orders/")

    def api_cart(self, number: int, lines: int = LINES) -> str:
        """Fill a cart through the API and return its id."""
        found = json.loads(self.send(self.json("/api/v1/carts/", {}, status=201)).body)["id"]
        for line in range(lines):
            self.send(self.api_add(number * LINES + line, found))
        return str(found)

    def api_add(self, number: int, cart: str) -> Request:
        line = {"variant": self.article(number).variants[0], "quantity": 1}
        return self.json(f"/api/v1/carts/{cart}/lines/", line, status=201)

    def api_order(self, number: int, cart: str = "") -> Request:
        details = {
            "cart": cart or self.api_cart(number),
            "email": f"phone{number}@example.com",
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "payment": {"method": "bank_transfer"},
        }
        key = {"Idempotency-Key": f"bench-{self.run}-{number}"}
        return self.json("/api/v1/orders/", details, headers=key, status=201)

    def sign_in(self) -> dict[str, str]:
        """Sign in to the admin and return the session's cookie."""
        page = self.send(self.get(SIGN_IN))
        hidden = dict(FIELD.findall(page.body.decode()))
        fields = {**hidden, "username": ADMIN, "password": PASSWORD, "next": "/admin/"}
        cookies = self.send(self.post(SIGN_IN, fields, page.cookies(), status=302)).cookies()
        return {"sessionid": cookies["sessionid"]}

    def close(self) -> None:
        self.caller.close()


def _cookie(cookies: Mapping[str, str]) -> dict[str, str]:
    text = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": text} if text else {}
