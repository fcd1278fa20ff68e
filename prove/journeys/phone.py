"""Visitors with the shop's app: they know no cookie, carry tokens, and repeat with the same Idempotency-Key."""

import time
import uuid
from typing import Any

import httpx

from prove.client import Client, WentWrong
from prove.furnish import PASSWORD, VOUCHER, gift_code
from prove.journeys.browser import ADDRESS, CARD, PATIENCE, Seen
from prove.plan import ORDER


def guest(client: Client) -> Seen:
    cart = open_cart(client)
    fill(client, cart, "cushion", 2)
    code = gift_code(client.journey.number)
    call(client, "POST", f"carts/{cart['id']}/gift-cards/", {"code": code}, status=201)
    return order(client, cart, "bank_transfer")


def guest_by_card(client: Client) -> Seen:
    cart = open_cart(client)
    fill(client, cart, "lamp", 1)
    seen = order(client, cart, "card")
    httpx.post(client.order["payment"]["redirect_url"], data=CARD, timeout=20)
    return seen | await_payment(client)


def member(client: Client) -> Seen:
    """Signs in with a guest's cart, which becomes the account's."""
    cart = open_cart(client)
    fill(client, cart, "print", 3)
    call(client, "POST", f"carts/{cart['id']}/vouchers/", {"code": VOUCHER}, status=201)
    sign_in(client, cart)
    own = call(client, "GET", "carts/current/").json()
    require_pieces(client, own, "print", 3)
    seen = order(client, own, "bank_transfer")
    refreshed = call(client, "POST", "auth/token/refresh/", {"refresh": client.tokens["refresh"]}).json()
    client.tokens = refreshed
    return seen | look_at_account(client)


def call(
    client: Client, method: str, path: str, body: Any = None, *, status: int | tuple[int, ...] = 200, **options: Any
) -> httpx.Response:
    headers = dict(options.pop("headers", {}))
    if client.tokens:
        headers["Authorization"] = f"Bearer {client.tokens['access']}"
    return client.send(method, f"/api/v1/{path}", status=status, json=body, headers=headers, **options)


def open_cart(client: Client) -> dict[str, Any]:
    call(client, "GET", "products/")
    return dict(call(client, "POST", "carts/", status=(200, 201)).json())


def fill(client: Client, cart: dict[str, Any], slug: str, pieces: int) -> None:
    """Add one piece, then set the quantity. If-Match keeps a request that is sent again from adding twice."""
    product = call(client, "GET", f"products/{slug}/").json()
    match = {"If-Match": f'"{cart["version"]}"'}
    wanted = {"variant": product["variants"][0]["id"]}
    call(client, "POST", f"carts/{cart['id']}/lines/", wanted, status=(201, 412), headers=match)
    now = call(client, "GET", f"carts/{cart['id']}/").json()
    line = require_pieces(client, now, slug, 1)
    match = {"If-Match": f'"{now["version"]}"'}
    path = f"carts/{cart['id']}/lines/{line}/"
    call(client, "PATCH", path, {"quantity": pieces}, status=(200, 412), headers=match)
    require_pieces(client, call(client, "GET", f"carts/{cart['id']}/").json(), slug, pieces)


def require_pieces(client: Client, cart: dict[str, Any], slug: str, pieces: int) -> int:
    """Return the id of the line. Raises WentWrong if the cart holds something else."""
    found = {line["sku"]: (line["id"], line["quantity"]) for line in cart["lines"]}
    line, there = found.get(slug.upper(), (0, 0))
    if there != pieces:
        raise WentWrong(
            f"The cart lost what was in it: {client.served_by} shows {there} × {slug.upper()} instead of {pieces}.",
            about="cart",
        )
    return int(line)


def sign_in(client: Client, cart: dict[str, Any]) -> None:
    body = {"email": client.journey.email, "password": PASSWORD, "cart": cart["id"]}
    client.tokens = call(client, "POST", "auth/token/", body).json()


def order(client: Client, cart: dict[str, Any], method: str) -> Seen:
    """Order, and once more with the same key, as a phone does that did not hear the answer."""
    (delivery,) = call(client, "GET", f"carts/{cart['id']}/shipping-methods/?country=DE").json()["results"]
    body = {
        "cart": cart["id"],
        "email": client.journey.email,
        "shipping_address": ADDRESS,
        "shipping_method": delivery["code"],
        "payment": {"method": method},
        "expected_total": delivery["total"]["amount"],
    }
    key = {"Idempotency-Key": str(uuid.uuid4())}
    placed = call(client, "POST", "orders/", body, status=(200, 201), headers=key, label=ORDER)
    again = call(client, "POST", "orders/", body, status=(200, 201, 409), headers=key)
    client.order = placed.json()
    _require_same(client, again)
    return {"total": client.order["total"], "lines": len(client.order["lines"])}


def _require_same(client: Client, again: httpx.Response) -> None:
    number = client.order["number"]
    if again.status_code != 200 or again.json()["number"] != number:
        raise WentWrong(
            f"An order sent again with its Idempotency-Key got {again.status_code} from {client.served_by} instead of "
            f"order {number}: nobody looks whether the key was used before.",
            about="order",
        )


def await_payment(client: Client) -> Seen:
    deadline = time.monotonic() + PATIENCE
    while (state := look_at_order(client)["state afterwards"]) != "paid":
        if time.monotonic() > deadline:
            raise WentWrong(f"Order {client.order['number']} was paid, and is {state} after {PATIENCE:.0f} seconds.")
        time.sleep(0.5)
    return {"state": state}


def look_at_order(client: Client) -> Seen:
    found = call(client, "GET", f"orders/{client.order['number']}/?token={client.order['token']}").json()
    return {"state afterwards": found["state"], "total afterwards": found["total"]}


def look_at_account(client: Client) -> Seen:
    found = call(client, "GET", "orders/", status=(200, 401))
    if found.status_code != 200:
        raise WentWrong(
            f"{client.served_by} does not know the phone of {client.journey.email}, which had signed in.",
            about="session",
        )
    numbers = [row["number"] for row in found.json()["results"]]
    if numbers != [client.order["number"]]:
        raise WentWrong(f"The account's list shows {numbers} instead of order {client.order['number']}.")
    return {"signed in": True}
