"""Visitors with a browser, who may sign in. What a script returns is what they saw, and is compared with a calm run."""

import re
import time

import httpx

from prove.client import Client, Cut, WentWrong
from prove.forms import form
from prove.furnish import PASSWORD, VOUCHER, gift_code
from prove.plan import ORDER

ADDRESS = {"name": "Ada Byron", "line1": "Kastanienallee 12", "postal_code": "10435", "city": "Berlin", "country": "DE"}
LINE = re.compile(r'\?variant=([\w-]+)".*?action="/cart/lines/(\d+)/".*?name="quantity" value="(\d+)"', re.DOTALL)
TOTAL = re.compile(r'<dd class="grand">([^<]+)</dd>')
NUMBER = re.compile(r'class="order-number">([^<]+)<')
CARD = {"number": "4242 4242 4242 4242", "expiry": "12/34", "code": "123"}
PATIENCE = 20.0  # seconds until a payment shows on the order's page
Seen = dict[str, object]


def guest(client: Client) -> Seen:
    browse(client, "lamp")
    add(client, "lamp", 1)
    add(client, "lamp", 2)
    set_quantity(client, "lamp", 3)
    redeem(client)
    return arrive(client, check_out(client, "bank_transfer"))


def guest_by_card(client: Client) -> Seen:
    browse(client, "rug")
    add(client, "rug", 1)
    use_gift_card(client)
    return arrive(client, pay(client, check_out(client, "card")), until="Paid. Thank you!")


def member(client: Client) -> Seen:
    """The guest's cart comes along at sign-in."""
    add(client, "cushion", 1)
    sign_in(client)
    require_cart(client, {"CUSHION": 1})
    add(client, "print", 1)
    seen = arrive(client, check_out(client, "bank_transfer"))
    return seen | look_at_account(client)


def window(client: Client) -> Seen:
    """Fills a cart and goes away."""
    browse(client, "print")
    add(client, "print", 1)
    add(client, "lamp", 1)
    set_quantity(client, "print", 5)
    return look_at_cart(client)


def window_member(client: Client) -> Seen:
    sign_in(client)
    add(client, "rug", 1)
    add(client, "cushion", 1)
    set_quantity(client, "cushion", 4)
    return look_at_own_cart(client)


def browse(client: Client, slug: str) -> None:
    client.get("/")
    client.get(f"/products/?q={slug}")
    client.get("/fragments/shopper/")


def add(client: Client, slug: str, then: int) -> None:
    """Put one piece into the cart, of which it then holds `then`. After a cut, look whether it did."""
    wanted = form(client.get(f"/products/{slug}/").text, "/cart/lines/").values
    sku = slug.upper()
    for _attempt in range(5):
        try:
            client.send("POST", "/cart/lines/", status=302, repeat=False, data=wanted)
        except Cut:
            time.sleep(0.4)
            if cart(client).get(sku, 0) == then - 1:
                continue
        require_cart(client, {sku: then})
        return
    raise WentWrong(f"{sku} could not be put into the cart.")


def set_quantity(client: Client, slug: str, quantity: int) -> None:
    line = lines(client)[slug.upper()][0]
    client.send("POST", f"/cart/lines/{line}/", status=302, data={"quantity": str(quantity)})
    require_cart(client, {slug.upper(): quantity})


def redeem(client: Client) -> None:
    client.send("POST", "/cart/voucher/", status=302, data={"code": VOUCHER})


def use_gift_card(client: Client) -> None:
    code = gift_code(client.journey.number)
    client.send("POST", "/cart/gift-card/", status=302, data={"gift_code": code})


def lines(client: Client) -> dict[str, tuple[int, int]]:
    """Return {SKU: (id of the line, pieces)} as the cart's page shows it."""
    return {sku: (int(line), int(pieces)) for sku, line, pieces in LINE.findall(client.get("/cart/").text)}


def cart(client: Client) -> dict[str, int]:
    return {sku: pieces for sku, (_line, pieces) in lines(client).items()}


def require_cart(client: Client, wanted: dict[str, int]) -> None:
    """Raises WentWrong if the cart lacks what was put there."""
    before = client.served_by
    found = cart(client)
    for sku, pieces in wanted.items():
        if found.get(sku, 0) != pieces:
            raise WentWrong(
                f"The cart lost what was in it: {before} had taken {pieces} × {sku}, {client.served_by} shows "
                f"{found.get(sku, 0)}. A cart is kept where only one process sees it, or not kept.",
                about="cart",
            )


def sign_in(client: Client) -> None:
    """Send the form and go where it leads: to the account's own page."""
    page = form(client.get("/account/login/").text, "/account/login/")
    values = page.filled(login=client.journey.email, password=PASSWORD)
    answer = client.send("POST", "/account/login/", status=302, data=values)
    require_signed_in(client, client.get(answer.headers["Location"], status=(200, 302)))


def check_out(client: Client, method: str) -> str:
    """Order; every other visitor sends the form twice. Return where the browser was sent."""
    page = form(client.get("/checkout/").text, "/checkout/")
    values = page.filled(email=client.journey.email, **ADDRESS, payment_method=method)
    placed = client.send("POST", "/checkout/", status=302, label=ORDER, data=values)
    if client.journey.number % 2:
        again = client.send("POST", "/checkout/", status=302, data=values)
        if again.headers["Location"] != placed.headers["Location"]:
            raise WentWrong(
                f"The same order form, sent twice, led to {placed.headers['Location']} "
                f"and to {again.headers['Location']}: an order is placed again for the same key.",
                about="order",
            )
    return placed.headers["Location"]


def pay(client: Client, address: str) -> str:
    """Enter a card at the provider; return the address it sends the browser back to."""
    if "/pay/" not in address:
        raise WentWrong(f"The browser was sent to {address} instead of the card provider's page.")
    answer = httpx.post(address, data=CARD, timeout=20)
    return client.get(answer.headers["Location"], status=302).headers["Location"]


def arrive(client: Client, address: str, until: str = "Thank you for your order") -> Seen:
    """Look at the order's page until it says so."""
    client.order_page = address
    deadline = time.monotonic() + PATIENCE
    while until not in (page := client.get(address).text):
        if time.monotonic() > deadline:
            raise WentWrong(f"The order's page did not say “{until}” within {PATIENCE:.0f} seconds.")
        time.sleep(0.5)
    client.order_number = _only(NUMBER.findall(page))
    return {"order": until, "sums": _sums(page)}


def look_at_order(client: Client) -> Seen:
    page = client.get(client.order_page).text
    return {"sums afterwards": _sums(page)}


def _sums(page: str) -> list[str]:
    """Return an order's total, and what a gift card leaves of it, as its page shows them. Raises WentWrong."""
    found = TOTAL.findall(page)
    if not found:
        raise WentWrong("The order's page shows no total.")
    return found


def look_at_account(client: Client) -> Seen:
    """Raises WentWrong for somebody who is not signed in any more, or whose order is not there."""
    page = client.get("/account/orders/", status=(200, 302))
    require_signed_in(client, page)
    if client.order_number not in page.text:
        raise WentWrong(f"Order {client.order_number} is missing in the account's list.")
    return {"signed in": True}


def look_at_cart(client: Client) -> Seen:
    return {"cart": cart(client)}


def look_at_own_cart(client: Client) -> Seen:
    require_signed_in(client, client.get("/account/orders/", status=(200, 302)))
    return {"cart": cart(client), "signed in": True}


def require_signed_in(client: Client, page: httpx.Response) -> None:
    if page.status_code != 200:
        raise WentWrong(
            f"{client.served_by} does not know the session of {client.journey.email}, who had signed in: "
            "sessions are kept where only one process sees them, or not kept.",
            about="session",
        )


def _only(found: list[str]) -> str:
    if len(set(found)) != 1:
        raise WentWrong(f"The order's page shows {found} where one value should be.")
    return found[0]
