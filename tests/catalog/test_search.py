"""What a search means: where it looks, in which order it shows what it found, and that lists and counts agree on it."""

import base64
import json

import pytest
from django.db import connection

from shop.catalog import listing, results, search
from shop.catalog import services as catalog
from shop.catalog.facets import facets, of_search
from shop.catalog.found import ENOUGH, SOME, Reach
from shop.catalog.listing import Filters
from shop.catalog.models import Product
from shop.catalog.search import found_by_words
from shop.platform.keyset import BadCursor
from tests import factories

pytestmark = pytest.mark.django_db


def found(**filters: object) -> list[str]:
    return [product.title for product in listing.find(Filters(**filters)).rows]


def titled(number: int, title: str, **fields: object) -> None:
    """That many products with a title and a number."""
    rows = (
        Product(slug=f"{title}-{n}", title=f"{title} {n}", min_price=n, max_price=n, **fields) for n in range(number)
    )
    Product.objects.bulk_create(rows)


def walked(**filters: object) -> list[str]:
    """Return the titles of all pages, which are the same the other way."""
    pages = [listing.find(Filters(**filters))]
    while pages[-1].next:
        pages.append(listing.find(Filters(**filters), cursor=pages[-1].next))
    for page, before in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert listing.find(Filters(**filters), cursor=page.previous).rows == before.rows
    return [row.title for page in pages for row in page.rows]


def test_where_enough_titles_have_a_word_a_search_ends_with_them():
    titled(ENOUGH, "Rug", facets=["o:size:S"])
    factories.product("Rugby ball")
    factories.product("Lamp", body_html="<p>Above a rug.</p>", prices=("5", "6"))
    rugs = {f"Rug {n}" for n in range(ENOUGH)}
    for sort in ("relevance", "price", "newest", "title"):
        assert len(listed := walked(query="rug", sort=sort)) == ENOUGH
        assert set(listed) == rugs
    counts = facets(Filters(query="rug"))
    assert counts.total == ENOUGH
    assert [(value.value, value.products) for value in counts.options["size"]] == [("size:S", ENOUGH)]
    for each in counts.prices:
        assert each.products == len(walked(query="rug", min_price=each.least, max_price=each.most))


def test_where_a_search_looks_does_not_depend_on_filters():
    """A count beside a list says what its filter leaves: that must not look elsewhere, being fewer."""
    titled(ENOUGH, "Rug", facets=["o:size:S"])
    factories.product("Lamp", body_html="<p>Above a rug.</p>", prices=("5", "6"))
    factories.product("Rug wide", prices=("5", "6"))
    assert found(query="rug", options=("size:M",)) == ["Rug wide"]
    (value,) = (value for value in facets(Filters(query="rug")).options["size"] if value.label == "M")
    assert value.products == 1
    assert not found(query="rugs", options=("size:L",)), "words are as typed where they are found without filters"


def test_some_titles_end_the_search_for_beginnings_and_many_beginnings_that_in_descriptions():
    titled(SOME, "Rug")
    factories.product("Rugby ball")
    factories.product("Lamp", body_html="<p>Above a rug.</p>")
    assert set(walked(query="rug")) == {*(f"Rug {n}" for n in range(SOME)), "Lamp"}
    titled(ENOUGH, "Cushion")
    factories.product("Pillow", body_html="<p>A cushy one.</p>")
    for sort in ("relevance", "price"):
        assert set(walked(query="cush", sort=sort)) == {f"Cushion {n}" for n in range(ENOUGH)}
    assert search.find("cush").reach == Reach.BEGUN


@pytest.mark.parametrize("query", ["cush", "bowl", "lamp", "cusion"])
def test_whatever_it_is_sorted_by_a_search_means_the_same_products(query):
    factories.product("Cushion")
    factories.product("Vase", body_html="<p>For cushioned shelves, as bowls are.</p>")
    factories.product("Lampshade", body_html="<p>A bowl of light.</p>")
    by_relevance = set(walked(query=query))
    assert by_relevance
    for sort in ("price", "newest", "title"):
        assert set(walked(query=query, sort=sort)) == by_relevance


def test_titles_come_first_then_their_beginnings_then_the_rest_by_how_often():
    factories.product("Vase", body_html="<p>Lamp, lamp, lamp.</p>")
    factories.product("Bowl", body_html="<p>No lamp.</p>")
    factories.product("Lampshade")
    factories.product("Lamp")
    assert walked(query="lamp") == ["Lamp", "Lampshade", "Vase", "Bowl"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("lamp -green", ["Lamp red"]),
        ('"lamp red"', ["Lamp red"]),
        ("red or lamps", ["Lamp red", "Lamp green"]),
        ("red lamp", ["Lamp red"]),
        ("the", []),
    ],
)
def test_operators_mean_what_they_do(query, titles):
    factories.product("Lamp green")
    factories.product("Lamp red")
    assert found(query=query) == titles


def test_all_words_of_a_long_title_find_it():
    words = "amber azure blue coral dark ebony fern green hazel indigo jade khaki lilac mauve"
    factories.product(words.title())
    factories.product("Mauve lilac")
    factories.product("Mauve")
    assert found(query="lilac mauve") == ["Mauve lilac", words.title()]
    assert found(query=words) == [words.title()]


def test_several_mistyped_words_find_first_what_has_all_of_them():
    for title in ("Cushion Alba", "Green lamp", "Green cushion", "Tile"):
        factories.product(title)
    assert found(query="gren cusion") == ["Green cushion", "Green lamp", "Cushion Alba"]


def test_the_admin_finds_hidden_products_and_corrects_nothing():
    hidden = factories.product("Cushion", published=False)
    assert found_by_words("cushion") == [hidden.pk]
    assert found_by_words("cusion") == []


@pytest.mark.parametrize("values", [["a", 1], [1], [{}, 1], [None, 2], [1.5, "x"]])
def test_the_cursor_of_another_list_is_refused(values):
    factories.product("Lamp")
    cursor = base64.urlsafe_b64encode(json.dumps([0, ["-rank", "-id"], values]).encode()).decode()
    with pytest.raises(BadCursor):
        listing.find(Filters(query="lamp"), cursor=cursor)


def test_one_product_of_64_has_the_words_of_its_title_twice():
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_title_keys(63, 'The blue cushions'), catalog_title_keys(64, 'Rug')")
        assert cursor.fetchone() == (["blue", "cushion", "blue cushion"], ["rug", "*rug"])
        cursor.execute("SELECT catalog_wanted_keys('*', 'c a b'), catalog_wanted_keys('', 'Rugs')")
        assert cursor.fetchone() == (["*b c"], ["rug"])  # "a" is no word to search for


@pytest.mark.parametrize("query", ["rug", "ruug", "cush", "cusion", "lamp", "rug lamp", "nowhere"])
def test_the_page_of_a_search_has_what_list_and_counts_say(query, django_assert_num_queries):
    titled(ENOUGH + 4, "Rug", facets=["o:size:S"])
    factories.product("Cushion", prices=("5", "60"), categories=(catalog.category(["Textiles"]),))
    factories.product("Lamp", body_html="<p>Above a rug.</p>")
    catalog.category(["Textiles", "Throws"])
    page, filters = results.read(query), Filters(query=query)
    if query == "nowhere":
        assert page is None
        return
    assert page.page.rows == listing.find(filters).rows
    assert of_search(page.found) == facets(filters)
    assert [category.name for category in page.categories] == ["Textiles", "Throws"]
    assert [category.name for category in results.read(query, roots=True).categories] == ["Textiles"]
    following = results.read(query, cursor=page.page.next) if page.page.next else None
    if following:
        assert following.page.rows == listing.find(filters, cursor=page.page.next).rows
        assert of_search(following.found) == facets(filters)
    with django_assert_num_queries(1):
        results.read(query)
