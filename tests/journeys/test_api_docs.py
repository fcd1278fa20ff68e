"""The API's pages in a browser."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.fleet, pytest.mark.django_db(transaction=True)]


def test_the_api_is_described_by_a_page_that_asks_no_other_site(shop, chromium):
    page = chromium.new_page()
    asked, mistakes = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: mistakes.append(message.text) if message.type == "error" else None)
    page.goto(f"{shop.base_url}/api/v1/docs/")
    expect(page.get_by_text("Tessel API")).to_be_visible()
    expect(page.get_by_text("Place an order")).to_be_visible()
    assert not mistakes
    assert all(url.startswith((shop.base_url, "data:")) for url in asked), asked
    page.close()
