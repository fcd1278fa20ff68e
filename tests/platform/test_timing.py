"""Server-Timing: what a request took, where SHOP_SHOW_POD is on."""

import re

import pytest
import redis
from django.core.cache import cache

from shop.platform import timing
from tests import factories
from tests.wsgi import Server


def counted(header: str) -> tuple[int, int]:
    """Return (statements, trips)."""
    statements, trips = re.search(r'desc="(\d+) statements".*desc="(\d+) trips"', header).groups()
    return int(statements), int(trips)


@pytest.mark.django_db
def test_a_page_tells_its_statements_and_its_milliseconds_cold_and_warm(settings):
    settings.SHOP_SHOW_POD = True
    server = Server()
    factories.product("Star", slug="star")
    cold, warm = (server.get("/products/star/").headers["Server-Timing"] for _ in range(2))
    assert counted(cold)[0] >= 2
    assert counted(warm)[0] == 0
    spent = {name: float(ms) for name, ms in re.findall(r"(\w+);dur=([\d.]+)", cold)}
    assert spent["sql"] > 0
    assert spent["total"] == pytest.approx(spent["app"] + spent["sql"] + spent["redis"], abs=0.05)


@pytest.mark.django_db
def test_by_default_nobody_is_told():
    factories.product("Star", slug="star")
    assert not {"Server-Timing", "X-Pod"} & set(Server().get("/products/star/").headers)


def test_a_pipeline_to_redis_is_one_trip(settings):
    options = timing.pool_options(settings.REDIS_URL, timed=True)
    client = redis.Redis.from_url(settings.REDIS_URL, **options)
    client.ping()
    timed = timing.begin({})
    with client.pipeline() as pipeline:
        pipeline.get("a").get("b").execute()
    assert timed.trips == 1
    assert timed.redis > 0
    cache.get("of another pool, which counts nothing")
    assert timed.trips == 1
    client.close()


def test_a_request_goes_on_with_the_time_that_was_begun_for_it():
    place: dict[str, object] = {}
    assert timing.begin(place) is timing.begin(place)
    assert timing.begin({}) is not place[timing.PLACE]
