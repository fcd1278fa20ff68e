"""A member of staff in a real browser, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from config.local.fleet import Fleet
from shop.accounts.models import User
from shop.catalog.models import Product
from tests.journeys import showroom

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
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="sold out")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_all_rows_of_a_list_are_selected_at_once_and_hidden_from_shoppers(
    shop: Fleet, chromium: Browser, width: int
) -> None:
    showroom.furnish()
    User.objects.create_superuser(EMAIL, PASSWORD)
    context = chromium.new_context(base_url=shop.base_url, viewport={"width": width, "height": 844})
    context.set_default_timeout(15_000)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page)
    page.goto("/admin/catalog/product/")
    open_filters_by_key(page)
    page.locator("#action-toggle").check()
    expect(page.locator("input.action-select:checked")).to_have_count(Product.objects.count())
    page.locator("select[name=action]").select_option("unpublish")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#result_list")).not_to_contain_text("published", use_inner_text=True)
    assert not Product.objects.filter(published=True).exists()
    assert not complaints
    context.close()
