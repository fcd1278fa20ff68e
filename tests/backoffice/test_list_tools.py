"""Filters, sorting and pages of a list: each link changes its own part of the address and keeps the rest."""

import re
from html import unescape
from urllib.parse import parse_qs, quote_plus

import pytest
from django.core.cache import cache

from shop.catalog import services as catalog
from shop.catalog.models import Category, Product
from shop.orders.models import Order
from tests import factories
from tests.backoffice.pages import address, change_page

pytestmark = pytest.mark.django_db


def links(browser, url, part):
    """Return {text: parameters} of the links in a part of the list's page."""
    page = browser.get(url).content.decode()
    html = re.search(part, page, re.DOTALL)[0]
    found = re.findall(r'<a href="\?([^"]*)"[^>]*>([^<]*)</a>', html)
    return {unescape(text).strip(): parse_qs(unescape(query)) for query, text in found}


def filters(browser, url):
    return links(browser, url, r'id="changelist-filter".*?</ul></div></div>')


@pytest.fixture
def few_a_page(monkeypatch):
    """Two rows a page."""
    monkeypatch.setattr("shop.backoffice.catalog.ProductAdmin.list_per_page", 2)


def test_a_choice_keeps_what_the_other_filters_say(admin):
    shirts = catalog.category(["Shirts & more"])
    factories.product("Shirt", categories=(shirts,))
    asked = f"{address(Product)}?q=shirt&stock=low&published__exact=1&p=2"
    choices = filters(admin, asked.removesuffix("&p=2"))
    kept = {"q": ["shirt"], "published__exact": ["1"]}
    assert choices["sold out"] == {**kept, "stock": ["empty"]}
    assert choices["Shirts & more"] == {**kept, "stock": ["low"], "category": [str(Category.objects.get().pk)]}
    assert choices["No"] == {"q": ["shirt"], "stock": ["low"], "published__exact": ["0"]}


def test_a_search_may_be_for_any_word(admin, few_a_page):
    """Also for those that stand for a row, a value or a number in what is made once for all links."""
    words = "a-row- a-value- a-number-"
    rows = [factories.product(f"Rug {words}") for _number in range(3)]
    page = admin.get(address(Product), {"q": words}).content.decode()
    kept = f'{change_page(rows[2])}?_changelist_filters=q%3Da-row-%2Ba-value-%2Ba-number-"'
    assert page.count(kept) == 2
    assert filters(admin, f"{address(Product)}?q={quote_plus(words)}")["sold out"] == {"q": [words], "stock": ["empty"]}
    pages = links(admin, f"{address(Product)}?q={quote_plus(words)}", r"scrollable-top.*?</body>")
    assert pages["2"] == {"q": [words], "p": ["2"]}


def test_the_choices_made_are_marked(admin):
    catalog.category(["Rugs"])
    page = admin.get(f"{address(Product)}?stock=low&published__exact=0").content.decode()
    chosen = re.findall(r'<li class="[^"]*font-semibold[^"]*"><a [^>]*>([^<]*)</a>', page)
    assert chosen == ["3 or fewer left", "All", "No"]


def test_what_is_typed_in_a_name_is_text_in_the_filter(admin):
    catalog.category(["<b>Bold</b>"])
    page = admin.get(address(Product)).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert "<b>Bold" not in page


def test_a_search_keeps_the_filters(admin):
    factories.product("Rug")
    page = admin.get(f"{address(Product)}?stock=low&q=rug").content.decode()
    form = re.search(r'<form id="changelist-search".*?</form>', page, re.DOTALL)[0]
    assert 'name="stock" value="low"' in form
    assert re.search(r'name="q" value="rug"', form)


def test_a_head_sorts_by_its_column_and_turns_round(admin):
    factories.product("Rug", stock=1)
    heads = links(admin, f"{address(Product)}?stock=low&o=2", r"<thead>.*?</thead>")
    assert heads["Product"] == {"stock": ["low"], "o": ["-2"]}
    assert heads["State"] == {"stock": ["low"], "o": ["3.2"]}
    assert "Vendor" in heads
    assert "In stock" not in heads


def test_pages_keep_the_filters_and_what_is_left_out_is_no_link(admin, few_a_page):
    for _number in range(25):
        factories.product("Rug")
    pages = links(admin, f"{address(Product)}?published__exact=1&p=3", r"scrollable-top.*?</body>")
    assert pages["2"] == {"published__exact": ["1"], "p": ["2"]}
    assert pages["13"] == {"published__exact": ["1"], "p": ["13"]}
    assert "3" not in pages
    assert "…" not in pages
    assert pages["Show all"] == {"published__exact": ["1"]}
    assert len(re.findall("<tr>", admin.get(f"{address(Product)}?p=13").content.decode())) == 1 + 1


def test_a_list_of_one_page_has_no_links_to_others(admin, order):
    order()
    assert not links(admin, address(Order), r"scrollable-top.*?</body>")


def test_a_count_in_a_large_table_that_takes_long_is_made_once_a_minute(admin, monkeypatch):
    factories.product("Rug", stock=1)
    narrowed = f"{address(Product)}?stock=low"
    assert "1 product" in re.sub(r"\s+", " ", admin.get(narrowed).content.decode())
    monkeypatch.setattr("shop.backoffice.lists.SORTED", -2)
    monkeypatch.setattr("shop.backoffice.keeping.SLOW", 0)
    assert [admin.get(url).context["cl"].result_count for url in (narrowed, address(Product))] == [1, 1]
    factories.product("Lamp", stock=1)
    shown = admin.get(narrowed).context["cl"]
    assert (shown.result_count, len(shown.result_list)) == (1, 2)
    assert admin.get(address(Product)).context["cl"].result_count == 2
    assert admin.get(f"{address(Product)}?stock=empty").context["cl"].result_count == 0
    cache.clear()
    assert admin.get(narrowed).context["cl"].result_count == 2
    monkeypatch.setattr("shop.backoffice.keeping.SLOW", 60)
    cache.clear()
    assert admin.get(narrowed).context["cl"].result_count == 2
    factories.product("Vase", stock=1)
    assert admin.get(narrowed).context["cl"].result_count == 3


def test_an_empty_list_says_whether_anything_was_looked_for(admin):
    new = admin.get(address(Order)).content.decode()
    assert "There are no orders so far." in new
    assert "Nothing matches" not in new
    narrowed = admin.get(f"{address(Order)}?q=nobody@example.com").content.decode()
    assert "There are no orders with these words and filters." in narrowed
    popup = admin.get(f"{address(Product)}?stock=low&_popup=1").content.decode()
    assert '<a href="?_popup=1"' in popup.partition("Nothing matches")[2]
