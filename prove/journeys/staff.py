"""Staff in the admin: a price, a stock and a picture are changed, an order is looked at."""

import hashlib
import io
import re
import time

import httpx
import PIL.Image

from prove.client import Client, Cut, WentWrong
from prove.forms import form_named
from prove.furnish import PASSWORD, STAFF_STOCK
from prove.journeys.browser import Seen, require_signed_in

PRICE, STOCK = "31.50", STAFF_STOCK + 10
CHANGE = re.compile(r"/admin/catalog/product/(\d+)/change/")
ORDER = re.compile(r"/admin/orders/order/(\d+)/change/")
PICTURE = re.compile(r'"(http[^"]*/media/[^" ]+\.jpg)')
AWAY = "The store for pictures does not answer"
RENDERED = 30.0  # seconds until a picture is in the shop
PATIENCE = 20  # tries to save while S3 is away


def look_after_a_product(client: Client) -> Seen:
    sign_in(client)
    slug = f"staff-{client.journey.number}"
    address = find(client, slug)
    change(client, address)
    look_at_picture(client, address)
    look_at_an_order(client)
    return {"saved": True}


def sign_in(client: Client) -> None:
    page = read(client.get("/admin/login/?next=/admin/"), "login-form")
    values = {**page, "username": client.journey.email, "password": PASSWORD}
    client.send("POST", "/admin/login/?next=/admin/", status=302, data=values)
    require_signed_in(client, client.get("/admin/", status=(200, 302)))


def find(client: Client, slug: str) -> str:
    """Return the address of the product's page in the admin."""
    require_signed_in(client, page := client.get(f"/admin/catalog/product/?q={slug.upper()}", status=(200, 302)))
    for number in CHANGE.findall(page.text):
        address = f"/admin/catalog/product/{number}/change/"
        if f'value="{slug}"' in client.get(address).text:
            return address
    raise WentWrong(f"The admin does not find the product {slug}.")


def change(client: Client, address: str) -> None:
    """Save price, stock and picture. After a cut, look first: the stock is sent as a difference."""
    for _attempt in range(PATIENCE):
        page = read(client.get(address), "product_form")
        if page["variants-0-price"] == PRICE:
            return
        try:
            saved = save(client, address, page)
        except Cut:
            time.sleep(0.4)
            continue
        if saved.status_code == 302:
            return
        if AWAY not in saved.text:
            raise WentWrong(f"{client.served_by} did not save the product.")
        client.record.note("told", client.journey.name, "the store for pictures is away")
        time.sleep(1)
    raise WentWrong("The product could not be saved.")


def save(client: Client, address: str, page: dict[str, str]) -> httpx.Response:
    values = page | {
        "variants-0-price": PRICE,
        "variants-0-on_hand": str(STOCK),
        "images-TOTAL_FORMS": "1",
        "images-0-alt": "In front",
        "images-0-position": "0",
    }
    upload = {"images-0-upload": ("front.jpg", picture(client.journey.number), "image/jpeg")}
    return client.send("POST", address, status=(200, 302), repeat=False, data=values, files=upload)


def look_at_an_order(client: Client) -> None:
    require_signed_in(client, page := client.get("/admin/orders/order/", status=(200, 302)))
    for number in ORDER.findall(page.text)[:1]:
        client.get(f"/admin/orders/order/{number}/change/")


def look_at_picture(client: Client, address: str) -> None:
    """The admin's page names the picture, whoever took it, and the store for pictures has it."""
    if 'name="images-0-id"' not in client.get(address).text:
        raise WentWrong("The admin shows no picture where one was uploaded.")
    digest = hashlib.sha256(picture(client.journey.number)).hexdigest()
    answer = client.get(f"/media/{digest[:2]}/{digest}.jpg", status=(200, 404))
    if answer.status_code != 200:
        raise WentWrong(
            f"The picture that {client.journey.email} uploaded is not in the store for pictures "
            f"({answer.status_code}): media are kept on the disk of one process.",
            about="media",
        )


def look_at_product(client: Client) -> Seen:
    """The shop shows what the staff saved; a picture appears when a worker has made it small."""
    require_signed_in(client, client.get("/admin/", status=(200, 302)))
    deadline = time.monotonic() + RENDERED
    while not PICTURE.search(page := client.get(f"/products/staff-{client.journey.number}/").text):
        if time.monotonic() > deadline:
            raise WentWrong(f"The uploaded picture was not in the shop within {RENDERED:.0f} seconds.", about="media")
        time.sleep(1)
    return {"price": "€31.50" in page, "picture": True}


def picture(number: int) -> bytes:
    """Another one for each: the same content would be the same picture."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (640, 420), (number * 37 % 256, 90, 120 + number % 100)).save(file, "JPEG")
    return file.getvalue()


def read(page: httpx.Response, name: str) -> dict[str, str]:
    """Return the values of the form with this id."""
    found = form_named(page.text, name)
    if not found:
        raise WentWrong(f"The page {page.url.path} has no form {name}.")
    return found.values
