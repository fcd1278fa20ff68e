"""Pages that all pods share: an edit is seen on each, one process makes a page, and it may be killed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import httpx
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from config.local.fleet import Fleet
from shop.catalog import services as catalog
from shop.catalog.models import Product
from shop.platform.pages import shelf
from tests import factories
from tests.at_once import other_connection
from tests.fleet.gunicorns import wait_until
from tests.fleet.patient import REDIS, waiting
from tests.services import fleet, started

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]
PODS = 3
READERS = 6
SECONDS = 4.0
LONG = 60.0  # of what is waited for: who waited for it is told by that from who is on a busy machine
ONE_SHOP = {"Host": "testserver"}  # the pods' own addresses would be shops of their own, with pages of their own


@pytest.fixture(scope="module")
def pods(django_db_setup) -> Iterator[Fleet]:
    """They wait long for a lock, and for a Redis that has its reasons."""
    waits = waiting(LOCK=LONG / 3, LANE=LONG, STATEMENTS={"web": LONG}, **REDIS)
    with started(fleet("kept-pages", settings.DATABASES["default"], web=PODS, environment=waits)) as made:
        yield made


def title_now(pods: Fleet, name: str) -> str:
    page = httpx.get(f"{pods.url(name)}/products/star/", headers=ONE_SHOP, timeout=LONG).text
    return page.partition("<h1>")[2].partition("</h1>")[0]


@contextmanager
def nobody_reads_products() -> Iterator[psycopg.Connection]:
    """Whoever makes a page has to wait within."""
    with other_connection() as holder:
        holder.execute("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE")
        yield holder
        holder.rollback()


def makers() -> list[str]:
    """Return the names of the pods that wait for the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s",
            [settings.DATABASES["default"]["NAME"]],
        )
        return [name.rpartition(" ")[2] for (name,) in cursor.fetchall()]


def test_an_edit_is_seen_on_every_pod_within_a_second_and_never_half(pods):
    """The title and the price are changed together; a reader sees both, and not later than a second."""
    star = factories.product("0.00", slug="star", prices=("0.00",))
    stop, committed = time.monotonic() + SECONDS, {0: time.monotonic()}

    def read(number: int) -> list[str]:
        wrong, pod = [], list(pods.ports)[number % PODS]
        with httpx.Client(base_url=pods.url(pod), headers=ONE_SHOP, timeout=LONG) as http:
            while time.monotonic() < stop:
                began = time.monotonic()
                text = http.get("/products/star/").text
                seen = int(float(text.partition("<h1>")[2].partition("</h1>")[0]))
                if f"€{seen}.00" not in text:
                    wrong.append(f"{seen} and another price")
                overdue = [version for version, at in committed.copy().items() if version > seen and began - at > 1]
                wrong += [f"{seen} a second after {version}" for version in overdue]
        return wrong

    with ThreadPoolExecutor(READERS) as readers:
        running = [readers.submit(read, number) for number in range(READERS)]
        version = 0
        while time.monotonic() < stop:
            version += 1
            with transaction.atomic():
                Product.objects.filter(pk=star.pk).update(title=f"{version}.00")
                star.variants.update(price=Decimal(version))
                catalog.refresh([star.pk])
            committed[version] = time.monotonic()
            time.sleep(0.15)
        assert [each.result() for each in running] == [[]] * READERS
    assert version > 1


def test_one_process_makes_a_page_and_the_others_wait_for_it(pods):
    factories.product("Star", slug="star")
    cache.clear()
    with ThreadPoolExecutor(READERS) as visitors:
        with nobody_reads_products():
            names = [list(pods.ports)[number % PODS] for number in range(READERS)]
            began = time.monotonic()
            asked = [visitors.submit(title_now, pods, name) for name in names]
            wait_until(makers, "somebody makes the page", LONG)
            time.sleep(1)
            found = makers()
            assert len(found) == 1 or time.monotonic() - began > shelf.MAKING  # it is taken for dead by then
        assert {each.result() for each in asked} == {"Star"}


def test_the_page_is_shown_while_the_next_is_made_but_not_for_long(pods):
    star = factories.product("Star", slug="star")
    assert [title_now(pods, name) for name in pods.ports] == ["Star"] * PODS
    with ThreadPoolExecutor(2) as visitors:
        with nobody_reads_products():
            shelf.outdate([f"product:{star.pk}"])
            first = visitors.submit(title_now, pods, "web-1")
            wait_until(makers, "somebody makes the page", LONG)
            assert title_now(pods, "web-2") == "Star", "nobody can make it now, so it was the outdated one"
        assert first.result() == "Star"


def test_who_was_killed_while_making_a_page_is_followed_by_another(pods):
    factories.product("Star", slug="star")
    cache.clear()
    with ThreadPoolExecutor(PODS) as visitors:
        with nobody_reads_products():
            asked = {name: visitors.submit(title_now, pods, name) for name in pods.ports}
            wait_until(makers, "somebody makes the page", LONG)
            killed, *_if_slow = makers()
            pods.kill(killed)
        began = time.monotonic()
        assert [asked[name].result() for name in pods.ports if name != killed] == ["Star"] * (PODS - 1)
        assert time.monotonic() - began < LONG / 2
    assert isinstance(asked[killed].exception(), httpx.HTTPError)
    pods.restart(killed)
