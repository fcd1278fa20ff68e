"""A page that is kept is answered before Django begins, and nobody can tell the difference."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from prometheus_client import REGISTRY

from shop.catalog import services as catalog
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.platform.pages import shelf
from shop.platform.pages.middleware import LOOK, PagesMiddleware
from shop.platform.pages.page import Page
from tests import factories
from tests.wsgi import Server

pytestmark = pytest.mark.django_db
PAGES = ["/", "/products/", "/products/?q=star", "/categories/tiles/", "/products/star/", "/products/?utm=1"]
ANSWERS = ["/api/v1/products/", "/api/v1/products/star/", "/api/v1/categories/", "/api/v1/products/?limit=1"]


@pytest.fixture
def server() -> Server:
    category = catalog.category(["Tiles"])
    factories.product("Star", slug="star", categories=(category,), prices=("19.90", "29.90"))
    factories.product("Petal", categories=(category,))
    return Server()


@pytest.mark.parametrize("fields", [{}, {"HTTP_ACCEPT_ENCODING": "gzip, br"}])
@pytest.mark.parametrize("address", PAGES + ANSWERS)
def test_a_warm_answer_is_the_cold_one_in_every_header_and_byte(server, settings, address, fields):
    settings.SHOP_SHOW_POD, settings.SECURE_HSTS_SECONDS = True, 60
    server = Server()
    cold, warm = server.get(address, **fields), server.get(address, **fields)
    assert all(answer.headers.pop("Server-Timing") for answer in (cold, warm))
    assert cold == warm
    assert {"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "X-Pod"} <= set(
        warm.headers
    )
    assert int(warm.headers["Content-Length"]) == len(warm.body)
    assert warm.headers.get("Content-Encoding") == ("gzip" if fields else None)


@pytest.mark.parametrize("address", PAGES[:5] + ANSWERS)
def test_a_warm_answer_asks_the_database_nothing(server, address, django_assert_num_queries):
    server.get(address)
    with django_assert_num_queries(0):
        assert server.get(address).status == 200


@pytest.mark.parametrize("address", ["/products/star/", "/api/v1/products/star/"])
def test_who_has_it_is_told_so_warm_and_cold(server, address):
    etag = server.get(address).headers["ETag"]
    warm = server.get(address, HTTP_IF_NONE_MATCH=f'"other", {etag}')
    cache.clear()
    cold = server.get(address, HTTP_IF_NONE_MATCH=etag)
    assert warm.status == cold.status == 304
    assert warm.body == cold.body == b""
    assert warm.headers == cold.headers
    assert warm.headers.keys() == {"Cache-Control", "Vary", "ETag"}  # the others stay as they are in the copy


def test_the_body_stays_in_redis_where_the_client_has_it(server):
    page = server.get("/products/star/")
    (key,) = (name.removeprefix("shop:1:") for name in cache.keys("*") if "page:" in name)
    whole, head = shelf.ask(key), shelf.ask(key, page.headers["ETag"])
    assert isinstance(whole, Page)
    assert head == whole._replace(packed=b"")
    assert shelf.ask(key, 'W/"another"') == shelf.ask(key, "*") == whole


def test_a_head_request_has_the_headers_and_no_body(server):
    page = server.get("/products/star/")
    for _ in range(2):
        assert server.get("/products/star/", "HEAD") == type(page)(200, page.headers, b"")
        cache.clear()


def test_who_cannot_unpack_gets_it_plain(server):
    packed = server.get("/products/star/", HTTP_ACCEPT_ENCODING="gzip")
    plain = server.get("/products/star/", HTTP_ACCEPT_ENCODING="br, gzip;q=0")
    assert gzip.decompress(packed.body) == plain.body


def test_a_host_that_is_not_ours_any_more_is_refused_as_ever(server, settings):
    settings.ALLOWED_HOSTS = ["testserver", "old.example"]
    assert Server().get("/products/star/", HTTP_HOST="old.example").status == 200
    settings.ALLOWED_HOSTS = ["testserver"]
    assert Server().get("/products/star/", HTTP_HOST="old.example").status == 400


def test_a_request_that_names_no_host_is_refused_as_ever(server):
    server.get("/products/star/")
    assert server.get("/products/star/", HTTP_HOST="").status == 400


def test_a_question_mark_in_a_path_makes_another_address(server):
    assert server.get("/products/?q=star?q=star").status == 200
    assert server.get("/products/", PATH_INFO="/products/?q=star", QUERY_STRING="q=star").status == 301  # to no page


def test_plain_http_is_sent_on_as_ever(server, settings):
    server.get("/products/star/")
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    server = Server()
    assert server.get("/products/star/").status == 301
    secure = {"HTTP_X_FORWARDED_PROTO": "https"}
    assert server.get("/products/star/", **secure) == server.get("/products/star/", **secure)


def test_who_does_not_take_json_is_refused_as_ever(server):
    server.get("/api/v1/products/")
    assert server.get("/api/v1/products/", HTTP_ACCEPT="text/csv").status == 406
    assert server.get("/api/v1/products/", HTTP_ACCEPT="application/json").status == 200


@pytest.mark.parametrize("address", ["/products/nowhere/", "/products/?cursor=x", "/cart/"])
def test_other_answers_are_not_kept(server, address):
    cache.clear()
    server.get(address)
    assert not cache.keys("page:*")


def test_a_warm_page_is_counted_by_its_route(server):
    def counted() -> float:
        labels = {"method": "GET", "route": "products/<str:slug>/", "status": "200"}
        return REGISTRY.get_sample_value("shop_requests_total", labels) or 0

    before = counted()
    server.get("/products/star/")
    server.get("/products/star/")
    assert counted() == before + 2


@pytest.mark.parametrize("host", ["testserver:81", "TestServer"])
def test_pages_under_names_of_which_there_is_no_end_do_not_fill_redis_for_a_day(server, host):
    def seconds_left() -> int:
        (name,) = cache.keys("page:*")
        return cache.ttl(name)

    cache.clear()
    assert server.get("/products/star/", HTTP_HOST=host).status == 200
    assert seconds_left() <= shelf.KEPT_BRIEFLY
    cache.clear()
    server.get("/products/star/")
    assert seconds_left() > shelf.KEPT_BRIEFLY


@pytest.mark.parametrize("field", ["Set-Cookie", "Vary"])
def test_an_answer_for_one_visitor_that_was_offered_by_mistake_is_nobody_elses(field):
    def mistaken(request: HttpRequest) -> HttpResponse:
        pages.offer(request)
        response = HttpResponse("Ada's cart")
        if field == "Vary":
            response["Vary"] = "Cookie"
        else:
            response.set_cookie("sessionid", "ada")
        return response

    cache.clear()
    answer = PagesMiddleware(mistaken)(RequestFactory().get("/products/"))
    assert answer["Cache-Control"] == "private"
    assert ("sessionid" in answer.cookies) == (field == "Set-Cookie")
    assert not cache.keys("page:*")


def test_only_what_reads_is_public(server):
    answer = server.get("/api/v1/products/", "OPTIONS")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", ["/products/", "/products/star/", "/api/v1/products/star/", "/products/nowhere/"])
def test_a_public_page_has_nobodys_session_or_messages(server, client, address):
    personal = ["session", "_messages"]
    public, other = client.get(address).wsgi_request, client.get("/cart/").wsgi_request
    assert [hasattr(public, name) for name in personal] == [False, False]
    assert [hasattr(other, name) for name in personal] == [True, True]
    assert hasattr(client.post(address).wsgi_request, "session")


def test_those_who_wait_for_a_page_leave_a_place_to_the_one_that_makes_it():
    asked, waiting = threading.Event(), threading.Event()

    def make(request: HttpRequest) -> HttpResponse:
        """On the way here, after the turn is taken, others may overtake."""
        pages.offer(request)
        asked.set()
        waiting.wait()
        with CATALOGUE.place():
            return HttpResponse("Star")

    shown = PagesMiddleware(make)
    cache.clear()
    with ThreadPoolExecutor(4) as visitors:
        maker = visitors.submit(shown, RequestFactory().get("/products/star/"))
        asked.wait()
        others = [visitors.submit(shown, RequestFactory().get("/products/star/")) for _ in range(3)]
        time.sleep(4 * LOOK)
        waiting.set()
        assert {each.result().content for each in (maker, *others)} == {b"Star"}
