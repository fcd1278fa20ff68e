"""Catalogue pages are the same bytes for everybody, so a cache anywhere may keep them."""

import gzip

import pytest
from django.core.cache import cache

from shop.catalog import services as catalog
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/products/",
    "/products/?q=star&sort=price",
    "/categories/tiles/",
    "/products/star/",
    "/information/terms/",
]


@pytest.fixture
def shelf(client):
    category = catalog.category(["Tiles"])
    star = factories.product("Star", slug="star", categories=(category,), prices=("19.90", "29.90"))
    factories.product("Petal", categories=(category,))
    return star


@pytest.fixture
def regular(client, shelf):
    """A browser with everything that could make a page personal: a session, a cart and a message waiting."""
    factories.user("ada@example.com", "correct horse battery", name="Ada Byron")
    client.post("/cart/lines/", {"variant": shelf.variants.first().pk})
    client.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    assert client.get("/fragments/shopper/").content.count(b"Ada") > 0
    return client


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_and_a_regular_get_the_same_page(regular, client_class, address):
    stranger, known = client_class().get(address), regular.get(address)
    assert stranger.status_code == known.status_code == 200
    assert stranger.content == known.content


@pytest.mark.parametrize("address", PAGES)
def test_the_page_may_be_cached_and_sets_no_cookie(regular, address):
    page = regular.get(address)
    assert "public" in page["Cache-Control"]
    assert not page.cookies
    assert "Cookie" not in page.get("Vary", "")
    assert b"csrfmiddlewaretoken" not in page.content


@pytest.mark.parametrize("address", PAGES)
def test_a_catalogue_page_does_not_read_the_session(regular, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as queries:
        regular.get(address)
    assert not [query for query in queries.captured_queries if "session" in query["sql"] or "accounts_" in query["sql"]]


def test_a_page_seen_before_is_not_sent_again(client, shelf):
    first = client.get("/products/star/")
    again = client.get("/products/star/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_is_kept_for_a_moment(client, shelf, django_assert_num_queries):
    first = client.get("/products/star/").content
    with django_assert_num_queries(0):
        assert client.get("/products/star/").content == first


def test_what_a_pod_of_another_release_kept_does_no_harm(client, shelf):
    first = client.get("/products/star/").content
    (key,) = cache.keys("page:*")
    cache.set(key, {"body": "written otherwise"})
    assert client.get("/products/star/").content == first


def test_the_personal_corner_is_never_cached(regular, client_class):
    corner = regular.get("/fragments/shopper/")
    assert "no-store" in corner["Cache-Control"]
    assert "no-store" in regular.get("/cart/")["Cache-Control"]
    assert b"Cart, 1 piece" in corner.content
    assert b"Ada" not in client_class().get("/fragments/shopper/").content


def test_a_stranger_without_cookies_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/fragments/shopper/")


def test_the_page_travels_packed_where_the_browser_can_unpack_it(client, shelf):
    plain = client.get("/products/star/")
    packed = client.get("/products/star/", headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["ETag"] == plain["ETag"]


def test_parameters_that_mean_nothing_fill_no_cache(client, shelf):
    cache.clear()
    for number in range(3):
        assert client.get(f"/products/?utm={number}").status_code == 200
    assert not cache.keys("page:*")
    client.get("/products/?q=star")
    assert len(cache.keys("page:*")) == 1
