"""A shopper's way in Chromium: phone and desktop, with JavaScript and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from config.local.fleet import Fleet
from shop.orders.models import Order, OrderLine
from tests import factories
from tests.journeys import showroom
from tests.journeys.conftest import ARTIFACTS, PATIENCE
from tests.waiting import patience

pytestmark = [pytest.mark.browser, pytest.mark.fleet]
WIDTHS = {"phone": 390, "desktop": 1280}


class Shopper:
    """A browser tab with a name for its screenshots, and what its console complained about."""

    def __init__(self, page: Page, name: str, *, script: bool) -> None:
        self.page, self.name, self.script = page, name, script
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def picture(self, what: str) -> None:
        self.page.screenshot(path=ARTIFACTS / f"{self.name}-{what}.png", full_page=True)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)


@pytest.fixture(
    params=[(width, script) for width in WIDTHS for script in (True, False)], ids=lambda p: f"{p[0]}-js-{p[1]}"
)
def shopper(request: pytest.FixtureRequest, shop: Fleet, chromium: Browser) -> Iterator[Shopper]:
    width, script = request.param
    showroom.furnish()
    factories.voucher(code="WELCOME10")
    showroom.await_pictures()
    context = chromium.new_context(
        base_url=shop.base_url, viewport={"width": WIDTHS[width], "height": 844}, java_script_enabled=script
    )
    context.set_default_timeout(PATIENCE)
    ARTIFACTS.mkdir(exist_ok=True)
    yield Shopper(context.new_page(), f"{width}-{'js' if script else 'nojs'}", script=script)
    context.close()


def test_from_the_entrance_to_the_confirmation(shopper: Shopper, mails: Path) -> None:
    find_by_a_misspelt_search(shopper)
    choose_and_add(shopper)
    take_two(shopper)
    redeem_a_voucher(shopper)
    use_a_gift_card(shopper, factories.gift_card("30.00").code)
    number = order_to_france(shopper)
    assert_ordered(number)
    mail = mail_of(mails)
    assert number in mail
    assert "Voucher WELCOME10" in mail and "Please transfer €73.10" in mail
    assert shopper.complaints == []


def find_by_a_misspelt_search(shopper: Shopper) -> None:
    page = shopper.page
    page.goto("/")
    shopper.picture("1-home")
    page.get_by_label("Search the shop").fill("cusions")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Alhambra cushions")).to_be_visible()
    shopper.picture("2-search")
    page.get_by_role("link", name="Alhambra cushions").click()
    page.wait_for_url("**/products/cushion/")  # with its scripts


def choose_and_add(shopper: Shopper) -> None:
    page = shopper.page
    if shopper.script:
        page.get_by_text("Indigo", exact=True).click()
        page.get_by_text("50 × 50 cm", exact=True).click()
        expect(page.locator("[data-price]")).to_contain_text("€49.00")
        expect(page.locator("[data-stock]")).to_have_text("Only 3 left")
        expect(page).to_have_url(re.compile("variant=cushion-Indigo-50"))
    else:
        page.locator("select[name=variant]").select_option(label="Indigo / 50 × 50 cm · €49.00")
    shopper.picture("3-product")
    page.get_by_role("button", name="Add to cart").click()
    if shopper.script:
        expect(page.locator("#toast")).to_contain_text("It is in your cart.")
        expect(page.get_by_role("link", name="Cart, 1 piece")).to_be_visible()
        shopper.picture("4-added")
        page.get_by_role("link", name="See the cart").click()
    page.wait_for_url("**/cart/")
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()


def take_two(shopper: Shopper) -> None:
    page = shopper.page
    page.get_by_label("Quantity of Alhambra cushions").fill("2")
    if shopper.script:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Update").click()
    expect(page.locator(".line-sum")).to_have_text("€98.00")
    if shopper.script:
        expect(page.get_by_role("button", name="Remove")).to_be_focused()


def redeem_a_voucher(shopper: Shopper) -> None:
    page = shopper.page
    page.get_by_text("Have a voucher?").press("Enter")
    page.get_by_label("Voucher code").fill("welcome10")
    page.get_by_label("Voucher code").press("Enter")
    expect(page.locator("#voucher-takes")).to_have_text("\N{MINUS SIGN}€9.80")
    if shopper.script:
        expect(page.get_by_role("button", name="Remove voucher WELCOME10")).to_be_focused()
    shopper.picture("5-cart")


def use_a_gift_card(shopper: Shopper, code: str) -> None:
    page = shopper.page
    page.get_by_text("Use a gift card").press("Enter")
    page.get_by_label("Gift card code").fill(code.lower())
    page.get_by_label("Gift card code").press("Enter")
    expect(page.locator("[data-to-pay]")).to_have_text("€58.20")
    if shopper.script:
        expect(page.get_by_role("button", name=f"Remove gift card ending in {code[-4:]}")).to_be_focused()
    shopper.picture("5-gift-card")
    page.get_by_role("link", name="Go to checkout").click()
    page.wait_for_url("**/checkout/")


def order_to_france(shopper: Shopper) -> str:
    page = shopper.page
    shopper.fill(
        email="ada@example.com", name="Ada Byron", line1="12 rue des Carreaux", postal_code="75002", city="Paris"
    )
    page.get_by_label("Country").select_option("FR")
    if not shopper.script:
        page.get_by_role("button", name="Update delivery options").click()
    expect(page.locator("[data-total]")).to_have_text("€103.10")
    expect(page.locator("[data-to-pay]")).to_have_text("€73.10")
    page.get_by_label("Bank transfer").check()
    shopper.picture("6-checkout")
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("heading", name="Thank you for your order")).to_be_visible()
    shopper.picture("7-order")
    return page.locator(".order-number").inner_text()


def assert_ordered(number: str) -> None:
    order = Order.objects.get(number=number)
    line = OrderLine.objects.get(order=order)
    assert (line.sku, line.quantity) == ("cushion-Indigo-50 × 50 cm", 2)
    assert (order.shipping_method, str(order.total)) == ("abroad", "103.10")
    assert order.shipping_address["country"] == "FR"


def mail_of(mails: Path) -> str:
    """Return the one mail, once it is there."""
    patience(90, lambda: "no mail came")(lambda: list(mails.glob("*.eml")))
    (found,) = mails.glob("*.eml")
    return found.read_text()


@pytest.fixture
def page(shop: Fleet, chromium: Browser) -> Iterator[Page]:
    """A desktop with JavaScript."""
    showroom.furnish()
    context = chromium.new_context(base_url=shop.base_url, viewport={"width": 1280, "height": 844})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def fill_cart_and_form(page: Page) -> None:
    page.goto("/products/tiled/")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    fill_form(page)


def fill_form(page: Page, name: str = "Ada Byron", *, pays: bool = True) -> None:
    fields = {"E-mail": "ada@example.com", "Full name": name, "Street and number": "Kastanienallee 12"}
    for label, value in {**fields, "Postal code": "10435", "Town": "Berlin"}.items():
        page.get_by_label(label).fill(value)
    if pays:
        page.get_by_label("Bank transfer").check()


def test_ordering_again_in_another_tab_or_after_going_back_makes_no_second_order(page: Page) -> None:
    fill_cart_and_form(page)
    other = page.context.new_page()
    other.goto("/checkout/")
    for tab in (page, other):
        fill_form(tab, name="Ada" * 40)
        tab.get_by_role("button", name="Order and pay").click()
        expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    assert other.url == page.url
    assert Order.objects.count() == 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390  # however long a name is
    page.go_back()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()


def test_a_declined_card_keeps_the_order_and_the_second_try_pays_it(page: Page) -> None:
    fill_cart_and_form(page)
    page.get_by_label("Credit or debit card").check()
    page.get_by_role("button", name="Order and pay").click()
    card(page, "4000 0000 0000 0002")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")
    page.get_by_role("button", name="Pay now").click()
    card(page, "4242 4242 4242 4242")
    expect(page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible()
    assert Order.objects.get().state == Order.State.PAID


def card(page: Page, number: str) -> None:
    expect(page.get_by_role("heading", name="Pay by card")).to_be_visible()
    for field, value in {"#number": number, "#expiry": "12/34", "#code": "123"}.items():
        page.locator(field).fill(value)
    page.get_by_role("button", name="Pay ").first.click()


def test_who_removes_a_line_by_keyboard_goes_on_at_the_top_of_the_cart(page: Page) -> None:
    fill_cart_and_form(page)
    page.goto("/cart/")
    quantity = page.get_by_label("Quantity of")
    quantity.fill("150")  # more than a cart takes: the browser says so, and stays there
    page.keyboard.press("Tab")
    expect(quantity).to_be_focused()
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_focused()


def test_a_wrong_code_is_corrected_and_a_voucher_removed_by_keyboard(page: Page) -> None:
    factories.voucher(code="WELCOME10")
    slot, field = page.get_by_text("Have a voucher?"), page.get_by_label("Voucher code")
    removal = page.get_by_role("button", name="Remove voucher WELCOME10")
    fill_cart_and_form(page)
    slot.press("Enter")
    field.fill("Welcome 10")
    field.press("Enter")
    expect(removal).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_value("Ada Byron")
    page.goto("/cart/")
    removal.press("Enter")
    expect(slot).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("welcom")
    page.keyboard.press("Enter")
    expect(field).to_have_accessible_description(re.compile("^This voucher is not known."))
    expect(field).to_be_focused()
    field.fill("welcome10")
    page.keyboard.press("Enter")
    expect(removal).to_be_focused()
    expect(page.locator("#voucher-takes")).to_be_visible()


def test_a_gift_card_pays_all_of_an_order_and_is_corrected_and_removed_by_keyboard(page: Page) -> None:
    code = factories.gift_card("1000.00").code
    slot, field = page.get_by_text("Use a gift card"), page.get_by_label("Gift card code")
    ways = page.get_by_role("group", name="Payment method")
    fill_cart_and_form(page)
    page.goto("/cart/")
    slot.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("ABCD")
    page.keyboard.press("Enter")
    expect(field).to_have_accessible_description(re.compile("^This gift card is not known"))
    expect(field).to_be_focused()
    field.fill(code)
    page.keyboard.press("Enter")
    removal = page.get_by_role("button", name=f"Remove gift card ending in {code[-4:]}")
    expect(removal).to_be_focused()
    expect(removal).to_have_accessible_description(re.compile("^\N{MINUS SIGN}€"))
    page.keyboard.press("Enter")
    expect(slot).to_be_focused()
    page.goto("/checkout/")
    expect(ways).to_be_visible()
    slot.press("Enter")
    field.fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is nothing left to pay.")).to_be_visible()
    expect(ways).to_be_hidden()
    fill_form(page, pays=False)
    page.get_by_role("button", name="Order, nothing to pay").click()
    expect(page.get_by_role("heading", name="Paid. Thank you!")).to_be_visible()


def test_filters_change_the_list_and_its_address_without_loading_the_page(page: Page) -> None:
    complaints = Shopper(page, "filters", script=True).complaints
    page.goto("/products/")
    page.evaluate("window.stayed = true")
    # As password managers do, and Playwright to hide the caret. The policy would refuse a copy by htmx.
    page.locator("#min-price").evaluate("field => field.style.setProperty('caret-color', 'transparent')")
    page.get_by_label("Indigo").check()
    expect(page).to_have_url(re.compile(r"\?o=colourway%3AIndigo&sort=newest$"))
    page.get_by_label("Sort by").select_option("-price")
    expect(page).to_have_url(re.compile("sort=-price"))
    assert page.evaluate("window.stayed")
    page.get_by_role("link", name="Remove filter: Indigo").click()
    expect(page.get_by_label("Indigo")).not_to_be_checked()
    assert complaints == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Filter", exact=True).click()
    expect(page.get_by_role("link", name="Alhambra").first).not_to_be_in_viewport()
    page.get_by_role("link", name="Show the result: 3 designs").click()
    expect(page.get_by_role("link", name="Alhambra").first).to_be_in_viewport()


def test_a_choice_made_before_the_last_is_answered_counts_with_it(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"o=colourway%3AIndigo&sort=newest$"), hold)
    page.goto("/products/")
    with page.expect_request(re.compile("Indigo")):
        page.get_by_label("Indigo").check()
    page.get_by_label("Sort by").select_option("-price")
    expect(page).to_have_url(re.compile(r"\?o=colourway%3AIndigo&sort=-price$"))
    expect(page.get_by_label("Indigo")).to_be_checked()
    expect(page.get_by_role("link", name="Remove filter: Indigo")).to_be_visible()
    held.pop().continue_()  # its answer, should anybody still wait for it
    page.wait_for_load_state("networkidle")
    expect(page).to_have_url(re.compile("sort=-price$"))


def test_the_search_field_suggests_and_the_keyboard_takes_a_suggestion(page: Page) -> None:
    page.goto("/")
    field, options = page.get_by_role("combobox", name="Search the shop"), page.get_by_role("option")
    field.press_sequentially("cush")
    expect(options).to_have_text([re.compile("Cushions"), re.compile("Alhambra cushions.*39")])
    expect(page.locator("#suggestions-said")).to_have_text("2 suggestions")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert "aria-activedescendant" not in str(page.locator("#search").evaluate("field => field.outerHTML"))
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/products/cushion/$"))


def test_the_keyboard_alone_reaches_the_content_first(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="See everything").first).to_be_focused()
