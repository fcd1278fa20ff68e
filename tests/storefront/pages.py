"""The store's pages as a browser meets them: what they say, and what their forms send."""

import re

from prove.forms import form

HTMX = {"HX-Request": "true"}
CONTACT = {
    "email": "ada@example.com", "name": "Ada Byron", "line1": "Kastanienallee 12", "postal_code": "10435",
    "city": "Berlin", "country": "DE", "payment_method": "bank_transfer",
}  # fmt: skip


def words(page):
    """What a page says, without its tags."""
    html = page if isinstance(page, str) else page.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\N{MINUS SIGN}", "-").split())


def beside(answer, field):
    """What is said beside a field."""
    return re.search(rf'id="{field}_error">([^<]*)<', answer.content.decode())[1]


def checkout_form(browser, **more):
    """The checkout's form, filled in."""
    return form(browser.get("/checkout/").content.decode(), "/checkout/").filled(**CONTACT) | more
