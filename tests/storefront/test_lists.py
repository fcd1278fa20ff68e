"""Lists: search, filters with counts, sorting, pages."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from shop.catalog import services as catalog
from shop.catalog.listing import PAGE_SIZE
from tests import factories

pytestmark = pytest.mark.django_db


def titles(page) -> list[str]:
    return [html.unescape(title) for title in re.findall(r"<h3><a [^>]*>([^<]*)</a></h3>", page.content.decode())]


def link(page, rel: str) -> str:
    """The address of a link named by its rel."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    assert found
    return html.unescape(found[1])


def test_a_search_forgives_a_typing_error(client):
    factories.product("Alhambra cushion")
    factories.product("Malmö throw")
    page = client.get("/products/", {"q": "cusion"})
    assert titles(page) == ["Alhambra cushion"]


@pytest.mark.parametrize(
    ("asked", "guess"),
    [
        ("q=cusion", "cushion"),
        ("q=cusion&sort=price", "cushion"),
        ("q=Blue+cusion&sort=-price&min=1", "blue cushion"),
        ("q=cushion", ""),
        ("q=Cush", ""),
        ("q=zzzz", ""),
    ],
)
def test_a_guess_is_called_one(client, asked, guess):
    factories.product("Blue cushion Alba")
    page = client.get(f"/products/?{asked}").content.decode()
    note = f"<p>No product has these words. Here is what there is for “{guess}”.</p>"
    assert (note in page) is bool(guess)
    assert ("No product has these words" in page) is bool(guess)


def test_nothing_found_shows_a_way_on(client):
    catalog.category(["Tiles"])
    page = client.get("/products/", {"q": "zeppelin"}).content.decode()
    assert "Nothing found for “zeppelin”" in page
    assert 'href="/categories/tiles/"' in page.partition("<main")[2]
    assert 'id="filters"' not in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/products/?q=star&max=5", "Nothing fits all of these filters"),
        ("/products/?sale=1", "Nothing fits all of these filters"),
        ("/categories/tiles/?max=5", "Nothing fits all of these filters"),
        ("/categories/tiles/", "There is nothing here yet"),
    ],
)
def test_an_empty_list_says_why_and_keeps_the_filters_that_emptied_it(client, address, words):
    catalog.category(["Tiles"])
    factories.product("Star", prices=("10.00",))
    page = client.get(address).content.decode()
    assert words in page
    assert ('id="filters"' in page) is ("filters" in words)


def test_a_price_to_filter_by_is_named_without_cents_where_it_has_none(client):
    factories.product(prices=("12.50", "30.00"))
    page = client.get("/products/?min=12.50&max=30").content.decode()
    for words in ("€10 to €20", "from €12.50 <", "up to €30 <"):
        assert words in page


def test_the_words_searched_for_are_shown_as_text_and_never_as_markup(client):
    page = client.get("/products/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_each_filter_has_a_chip_that_takes_only_it_away(client):
    factories.product("Star", prices=("10.00", "20.00"))
    page = client.get("/products/?o=size:S&o=size:M&max=50&q=star").content.decode()
    assert 'href="/products/?o=size%3AM&amp;max=50&amp;q=star"' in page
    assert 'href="/products/?o=size%3AS&amp;o=size%3AM&amp;max=50"' in page


def test_options_are_offered_with_their_counts(client):
    factories.product(prices=("10.00", "20.00"))
    factories.product(prices=("10.00", "20.00", "30.00"))
    page = client.get("/products/").content.decode()
    offered = re.findall(r'name="o" value="size:\w+"><span>(\w+)</span><span class="n">(\d+)</span>', page)
    assert dict(offered) == {"S": "2", "M": "2", "L": "1"}


def test_what_is_published_later_is_neither_shown_nor_counted(client):
    tiles = catalog.category(["Tiles"])
    factories.product("Now", categories=(tiles,))
    assert "1 design<" in client.get("/categories/tiles/").content.decode()
    factories.product("Later", categories=(tiles,), published_at=timezone.now() + timedelta(days=1))
    page = client.get("/categories/tiles/?sort=title")
    assert titles(page) == ["Now"]
    assert "1 design<" in page.content.decode()


def test_a_price_filter_reads_a_decimal_comma(client):
    factories.product("Cheap", prices=("9.00",))
    factories.product("Dear", prices=("90.00",))
    page = client.get("/products/", {"max": "9,50"})
    assert titles(page) == ["Cheap"]
    assert 'name="max" type="number" inputmode="decimal" min="0" step="any" value="9.50"' in page.content.decode()


@pytest.mark.parametrize(
    "nonsense",
    ["min=abc", "min=1e-99999", "max=-1", "max=nan", "o=nothing", "sort=secret", "category=nowhere", "q=%00"],
)
def test_an_address_that_makes_no_sense_still_shows_the_list(client, nonsense):
    factories.product("Star")
    page = client.get(f"/products/?{nonsense}")
    assert page.status_code == 200
    assert titles(page) == ["Star"]


def test_a_category_holds_what_is_in_its_branches(client):
    category = catalog.category(["Textiles", "Cushions"])
    factories.product("Alhambra", categories=(category,))
    factories.product("Elsewhere")
    page = client.get("/categories/textiles/")
    assert titles(page) == ["Alhambra"]
    assert 'href="/categories/textiles-cushions/"' in page.content.decode()


def test_walking_through_the_pages_meets_every_product_once(client):
    for number in range(PAGE_SIZE + 5):
        factories.product(f"Pattern {number:02}")
    first = client.get("/products/?sort=title")
    second = client.get(link(first, "next"))
    assert titles(first) + titles(second) == [f"Pattern {number:02}" for number in range(PAGE_SIZE + 5)]
    back = client.get(link(second, "prev"))
    assert titles(back) == titles(first)


def test_a_forged_page_address_is_refused_kindly(client):
    page = client.get("/products/?cursor=nonsense")
    assert page.status_code == 400
    assert "Start again from the first page" in page.content.decode()


def test_an_unknown_category_is_not_found(client):
    page = client.get("/categories/nowhere/")
    assert page.status_code == 404
    assert "This tile is missing" in page.content.decode()


def test_the_front_page_names_the_finest_categories_in_the_order_of_a_walk(client):
    for path in (["Textiles", "Rugs", "Round"], ["Prints"], ["Textiles", "Cushions"], ["Textiles", "Rugs", "Long"]):
        catalog.category(path)
    named = re.findall(r'<span class="name">([^<]*)</span>', client.get("/").content.decode())
    assert named == ["Prints", "Cushions", "Long", "Round"]


def test_the_header_of_a_shop_with_very_many_categories_names_the_first_and_leads_to_all(client):
    for number in range(9):
        catalog.category([f"Aisle {number}"])
    header = client.get("/products/").content.decode().partition("</header>")[0]
    assert header.count("/categories/aisle-") == 8
    assert '<a href="/products/">All categories</a>' in header
