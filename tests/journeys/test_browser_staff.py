"""A member of staff in a real browser, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from config.local.fleet import Fleet
from shop.accounts.models import User
from shop.catalog.models import Product
from tests import factories
from tests.journeys import showroom
from tests.journeys.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.fleet]
EMAIL, PASSWORD = "boss@example.com", "a long password for the boss"


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.locator("[name=username]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Today"))


def open_filters_by_key(page: Page) -> None:
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="sold out")).to_be_visible()
    expect(page.get_by_role("link", name="Close the filters")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="sold out")).to_be_hidden()
    expect(page.get_by_role("button", name="Filters")).to_be_focused()


def is_phone(page: Page) -> bool:
    return page.evaluate("innerWidth") < 1024


def open_by_key(button: Locator) -> None:
    """Once it is there: a page of the theme is hidden until its scripts have begun."""
    expect(button).to_be_visible()
    button.press("Enter")


def disable_a_gift_card_by_key(page: Page, pk: int) -> None:
    """As far as the dialog: it takes the focus, and gives it back to what opened it."""
    page.goto(f"/admin/payments/giftcard/{pk}/change/")
    opener = page.get_by_role("link", name="Disable")
    if is_phone(page):
        open_by_key(page.get_by_role("button", name="Actions"))
    expect(opener).to_be_visible()
    opener.press("Enter")
    expect(page.get_by_role("dialog", name="Disable the gift card").get_by_label("Note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def open_the_account_by_key(page: Page) -> None:
    if is_phone(page):
        open_by_key(page.get_by_role("button", name="Sidebar"))
    open_by_key(page.get_by_role("button", name=EMAIL))
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()


def choose_a_picture(page: Page) -> None:
    """Only choose it; the theme's script writes its name somewhere."""
    picture = {"name": "star.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(60, 40).getvalue()}
    text = page.locator("[name=images-0-alt]")
    before = text.input_value()
    page.locator("[name=images-0-upload]").set_input_files(picture)
    assert page.locator("[name=images-0-upload]").input_value().endswith("star.jpg")
    assert text.input_value() == before


def filter_without_script(chromium: Browser, signed_in: BrowserContext, base_url: str) -> None:
    known = signed_in.storage_state()
    context = chromium.new_context(base_url=base_url, java_script_enabled=False, storage_state=known)
    page = context.new_page()
    page.goto("/admin/catalog/product/")
    expect(page.get_by_role("link", name="sold out")).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("link", name="sold out").click()
    expect(page).to_have_url(re.compile("stock=empty"))
    context.close()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_all_rows_of_a_list_are_selected_at_once_and_hidden_from_shoppers(
    shop: Fleet, chromium: Browser, width: int
) -> None:
    showroom.furnish()
    User.objects.create_superuser(EMAIL, PASSWORD)
    context = chromium.new_context(base_url=shop.base_url, viewport={"width": width, "height": 844})
    context.set_default_timeout(PATIENCE)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page)
    page.goto("/admin/catalog/product/")
    open_filters_by_key(page)
    filter_without_script(chromium, context, shop.base_url)
    page.locator("#result_list tbody tr a").first.click()
    choose_a_picture(page)
    disable_a_gift_card_by_key(page, factories.gift_card().card.pk)
    open_the_account_by_key(page)
    page.goto("/admin/catalog/product/")
    page.locator("#action-toggle").check()
    expect(page.locator("input.action-select:checked")).to_have_count(Product.objects.count())
    page.locator("select[name=action]").select_option("unpublish")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result_list")).not_to_contain_text("published", use_inner_text=True)
    assert not Product.objects.filter(published=True).exists()
    assert not complaints
    context.close()
