"""axe-core finds nothing serious or critical on any page, by day and by night, on phone and desktop.

None is wider than its window, whatever stands in it.
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from config.local.fleet import Fleet
from shop.accounts.models import Address, User
from shop.catalog.models import Variant
from tests import factories
from tests.journeys import showroom
from tests.journeys.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.fleet]
OPEN = [
    "/",
    "/products/",
    "/products/?o=size:40 × 40 cm&max=50",
    f"/products/?q={'zeppelin' * 12}",
    "/categories/tiles/",
]
MORE = ["/cart/", "/nothing/", "/account/login/", "/account/signup/", "/account/password/reset/"]
OWN = [
    "/account/orders/",
    "/account/addresses/",
    "/account/addresses/new/",
    "/account/email/",
    "/account/devices/",
    "/account/data/",
]
LAST = ["/account/password/change/", "/account/logout/"]
SERIOUS = {"serious", "critical"}


class Inspector:
    """Looks at pages and collects what is wrong with them."""

    def __init__(self, page: Page) -> None:
        self.page, self.axe, self.found = page, Axe(), list[str]()

    def look(self, name: str = "") -> None:
        for violation in self.axe.run(self.page).response["violations"]:
            if violation["impact"] in SERIOUS:
                node = violation["nodes"][0]
                self.found.append(f"{name or self.page.url}: {violation['id']} {node['html'][:160]}")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.found.append(f"{name or self.page.url}: wider than the window")

    def visit(self, *addresses: str) -> None:
        for address in addresses:
            self.page.goto(address)
            expect(self.page.locator(".htmx-request, .htmx-settling")).to_have_count(0)  # what came later is there, too
            self.look()


@pytest.fixture(params=[(390, "light"), (1280, "dark")], ids=["phone-light", "desktop-dark"])
def inspector(request: pytest.FixtureRequest, shop: Fleet, chromium: Browser) -> Iterator[Inspector]:
    width, scheme = request.param
    showroom.furnish()
    context = chromium.new_context(
        base_url=shop.base_url, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    yield Inspector(context.new_page())
    context.close()


def test_every_page(inspector: Inspector) -> None:
    inspector.visit(*OPEN, *MORE)
    shop(inspector)
    sign_up(inspector.page)
    inspector.look("orders")
    fill_address_book(inspector.page)
    inspector.visit("/checkout/")
    inspector.visit(*OWN, *LAST)
    assert inspector.found == []


def shop(inspector: Inspector) -> None:
    page = inspector.page
    inspector.visit("/products/framed/")
    page.get_by_label("Search the shop").press_sequentially("wall")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    inspector.look("suggestions")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#toast")).to_contain_text("It is in your cart.")
    expect(page.get_by_role("button", name="Add to cart")).to_be_focused()
    inspector.look("added")
    inspector.visit("/cart/")
    redeem(inspector)
    use_a_gift_card(inspector)
    inspector.visit("/checkout/")
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("alert")).to_be_focused()
    inspector.look("errors")
    fields = {"email": "ada@example.com", "name": "Ada", "line1": "Allee 1", "postal_code": "10435", "city": "Berlin"}
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("Bank transfer").check()
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    inspector.look("order")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_label("Search the shop")).to_be_hidden()
    page.emulate_media(media="screen")


def use_a_gift_card(inspector: Inspector) -> None:
    """One that is not known, then one that pays a part; and what its own page says of both."""
    page, code = inspector.page, factories.gift_card("10.00").code
    page.get_by_text("Use a gift card").click()
    for typed, part in (("OTHER", "code_error"), (code, "pays")):
        page.get_by_label("Gift card code").fill(typed)
        page.get_by_role("button", name="Use the gift card").click()
        expect(page.locator(f"#gift-card-{part}")).to_be_visible()
        inspector.look(f"gift card {part}")
    inspector.visit("/gift-card/")
    for typed, said in (("OTHER", "not known"), (code, "Left on it")):
        page.get_by_label("Gift card code").fill(typed)
        page.get_by_role("button", name="Show the balance").click()
        expect(page.get_by_text(said)).to_be_visible()
        inspector.look(f"balance: {said}")


def redeem(inspector: Inspector) -> None:
    """A voucher that is not known, then one that waits for more goods."""
    page = inspector.page
    factories.voucher(code="A-LONG-ONE-FOR-THE-AUTUMN-OF-2026", min_subtotal=1000)
    page.get_by_text("Have a voucher?").click()
    for code, part in (("OTHER", "code_error"), ("A-LONG-ONE-FOR-THE-AUTUMN-OF-2026", "refusal")):
        page.get_by_label("Voucher code").fill(code)
        page.get_by_role("button", name="Redeem").click()
        expect(page.locator(f"#voucher-{part}")).to_be_visible()
        inspector.look(f"voucher {part}")


def sign_up(page: Page) -> None:
    page.goto("/account/signup/")
    page.locator("#id_email").fill("ada.augusta.king.countess.of.lovelace@example.com")
    page.locator("#id_password1").fill("tessellate-nine-tiles")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Your orders")).to_be_visible()


def fill_address_book(page: Page) -> None:
    """With two places, as long as some are; and something to order."""
    town = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    for name in ("Ada", "Augusta Ada King-Noel, Countess of Lovelace"):
        Address.objects.create(user=User.objects.get(), name=name, line1="Allee 1", city=town, country="GB")
    page.request.post("/cart/lines/", form={"variant": Variant.objects.first().pk})
