"""Browsing: search, filters, pages, a product; the same for everybody and kept by caches."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from shop.catalog import freshness
from shop.catalog.models import Category, Product
from shop.catalog.services import ImageData, ProductData, VariantData, category, refresh, save, set_images
from shop.inventory import services as inventory
from shop.inventory.models import Stock
from shop.inventory.services import Terms
from shop.platform import media
from tests import factories
from tests.api.conftest import agrees

pytestmark = pytest.mark.django_db


def slugs(answer):
    return [row["slug"] for row in answer.json()["results"]]


def test_a_card_says_what_a_list_shows(phone):
    factories.product("Blue cushion", prices=("19.90", "24.50"), slug="cushion", vendor="Tessel")
    answer = phone.get("products/").json()
    assert answer["next"] is None and answer["previous"] is None
    (card,) = answer["results"]
    assert card == {
        "slug": "cushion",
        "title": "Blue cushion",
        "vendor": "Tessel",
        "product_type": "",
        "url": "http://testserver/products/cushion/",
        "min_price": {"amount": "19.90", "currency": "EUR"},
        "max_price": {"amount": "24.50", "currency": "EUR"},
        "compare_at_price": None,
        "on_sale": False,
        "available": True,
        "picture": None,
    }


def test_pages_are_walked_by_their_addresses_in_both_directions(phone):
    for number in range(5):
        factories.product(slug=f"p{number}", prices=(f"{10 + number}.00",))
    first = phone.get("products/?sort=price&limit=2")
    assert slugs(first) == ["p0", "p1"]
    second = phone.http.get(first.json()["next"])
    assert slugs(second) == ["p2", "p3"]
    third = phone.http.get(second.json()["next"])
    assert (slugs(third), third.json()["next"]) == (["p4"], None)
    assert slugs(phone.http.get(second.json()["previous"])) == ["p0", "p1"]
    assert first.json()["next"].startswith("http://testserver/api/v1/products/?")
    assert "sort=price" in first.json()["next"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=cushoin", ["cushion"]),
        ("q=blu", ["cushion"]),
        ("option=size:M", ["cushion"]),
        ("option=size:M&option=size:XL", ["cushion"]),
        ("min_price=50", ["rug"]),
        ("max_price=20", ["cushion"]),
        ("category=floor", ["rug"]),
        ("on_sale=true", []),
        ("sort=-price", ["rug", "cushion"]),
    ],
)
def test_lists_are_narrowed_and_sorted(phone, query, found):
    factories.product("Blue cushion", slug="cushion", prices=("10", "12"))
    factories.product("Red rug", slug="rug", prices=("99",), categories=(category(["Floor"]),))
    answer = phone.get(f"products/?{query}")
    assert answer.status_code == 200, answer.content
    assert slugs(answer) == found


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("min_price=cheap", "min_price"),
        ("min_price=NaN", "min_price"),
        ("sort=random", "sort"),
        ("limit=101", "limit"),
        ("category=nowhere", "category"),
        ("option=M", "option"),
        ("q=%00", "q"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(phone, query, parameter):
    answer = phone.get(f"products/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_whoever_sorts_by_what_there_is_not_learns_what_there_is(phone):
    (error,) = phone.get("products/?sort=random").json()["errors"]
    assert "newest, price, -price" in error["detail"]


@pytest.mark.parametrize("cursor", ["nonsense", "WzAsWyJpZCJdLFsxXV0", "é"])
def test_a_cursor_of_others_is_refused(phone, cursor):
    answer = phone.get(f"products/?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_a_product_has_all_that_its_page_shows(phone):
    product = factories.product("Rug", slug="rug", prices=("10", "20"), body_html="<p>Wool</p>", tags=("new",))
    Stock.objects.filter(variant__price=20).update(on_hand=0)
    shown = phone.get("products/rug/").json()
    assert shown["body_html"] == "<p>Wool</p>"
    assert shown["options"] == [{"name": "Size", "values": ["S", "M"]}]
    small, medium = shown["variants"]
    assert small["id"] in product.variants.values_list("pk", flat=True)
    assert (small["options"], small["price"]["amount"], small["pieces_left"]) == ({"Size": "S"}, "10.00", 10)
    assert (medium["available"], medium["pieces_left"]) == (False, 0)


@pytest.mark.parametrize("slug", ["gone", "hidden", "%00", "a%2Fb"])
def test_what_is_not_public_is_not_there(phone, slug):
    factories.product(slug="hidden", published=False)
    answer = phone.get(f"products/{slug}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_category_tree_comes_parents_first(phone):
    category(["Floor", "Rugs"])
    category(["Walls"])
    shown = phone.get("categories/").json()["results"]
    assert [(row["slug"], row["parent"]) for row in shown if row["parent"]] == [("floor-rugs", "floor")]
    order = [row["slug"] for row in shown]
    assert order.index("floor") + 1 == order.index("floor-rugs")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["products/", "products/rug/", "categories/"])
def test_caches_may_keep_it_and_ask_whether_it_changed(phone, path):
    product = factories.product(slug="rug", categories=(category(["Floor"]),))
    first = phone.get(path)
    assert first["Cache-Control"].startswith("public, max-age=1, s-maxage=1, stale-while-revalidate=")
    assert "Cookie" not in first.get("Vary", "")
    again = phone.get(path, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    Product.objects.filter(pk=product.pk).update(title="Other")
    product.categories.update(name="Other")
    refresh([product.pk])
    freshness.tree_changed()
    assert phone.get(path, If_None_Match=first["ETag"]).status_code == 200


def test_an_old_token_does_not_hinder_looking_around(phone):
    phone.access = "not.a.token"
    assert phone.get("products/").status_code == 200


def test_answers_are_what_the_schema_says(phone, schema):
    """Every branch of an answer once: with and without pictures, ready or not, on sale, sold out, unlimited."""
    floor = category(["Floor", "Rugs"])
    Category.objects.filter(pk=floor.pk).update(image=media.store(factories.jpeg(colour="red")))
    variants = tuple(
        VariantData(sku=size, price=Decimal(10), compare_at_price=before, option_values=(size,))
        for size, before in (("S", Decimal(12)), ("M", None))
    )
    rug = ProductData("rug", "Rug", variants, option_names=("Size",), attributes={"Pile": "low"}, categories=(floor,))
    saved = save(rug)
    inventory.configure({saved.variants["M"].pk: Terms(allow_backorder=True)})
    images = [media.store(factories.jpeg(colour=colour)) for colour in ("teal", "navy")]
    media.make_renditions(images[0].pk)
    set_images(saved.product, [ImageData(images[0].pk, "Front", "S"), ImageData(images[1].pk)])
    factories.product("Bare", slug="bare")
    for path, address in {
        "products/": "products/?limit=1",
        "products/{slug}/": "products/rug/",
        "categories/": "categories/",
    }.items():
        agrees(schema, path, phone.get(address))
    agrees(schema, "products/{slug}/", phone.get("products/bare/"))
    shown = phone.get("products/rug/").json()
    assert [each["pieces_left"] for each in shown["variants"]] == [0, None]
    assert [bool(each["srcset"]["webp"]) for each in shown["pictures"]] == [True, False]


def test_queries_do_not_grow_with_the_catalogue(phone, django_assert_num_queries):
    def fill(count):
        for _ in range(count):
            made = factories.product(prices=("10", "20", "30"), categories=(category(["Floor"]),))
            refresh([made.pk])

    fill(2)
    with django_assert_num_queries(1):
        assert len(phone.get("products/").json()["results"]) == 2
    fill(10)
    cache.clear()
    with django_assert_num_queries(1):
        assert len(phone.get("products/").json()["results"]) == 12
    slug = Product.objects.first().slug
    with django_assert_num_queries(1):
        phone.get(f"products/{slug}/")
    with django_assert_num_queries(1):
        phone.get("categories/")


def test_no_cookie_is_set_and_no_session_read(django_assert_num_queries):
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    with django_assert_num_queries(1):
        answer = client.get("/api/v1/categories/")
    assert not answer.cookies
