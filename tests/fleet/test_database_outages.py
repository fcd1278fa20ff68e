"""PostgreSQL is restarted, refused, cut off or silent: friendly refusals, no half order, back by itself at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from config.local.fleet import Fleet
from config.local.proxy import Proxy
from shop.api.problems import CONTENT_TYPE
from shop.catalog.models import Product
from shop.inventory.models import Stock, StockMovement
from shop.orders.models import Order, OrderLine
from shop.payments.models import Payment
from shop.platform import patience
from tests import factories
from tests.at_once import other_connection
from tests.fleet.customers import PATIENT, Customers
from tests.outages import proxied
from tests.services import fleet, running, started

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
WEB, THREADS = 2, 4
STOCK = 100_000  # more than customers can order meanwhile
BUSY = 10.0  # seconds that a machine may take for nothing
# Seconds from the server's return to the first answer of each process: nobody waits for a connection that fell silent
RECOVERY = patience.silence("web") - 1


@pytest.fixture(scope="module")
def through() -> Iterator[tuple[Proxy, dict[str, str]]]:
    with proxied("postgres") as (proxies, environment):
        yield proxies["postgres"], environment


@pytest.fixture(scope="module")
def pods(django_db_setup, through) -> Iterator[Fleet]:
    with started(fleet("database-outages", settings.DATABASES["default"], web=WEB, environment=through[1])) as made:
        yield made


@pytest.fixture
def proxy(through) -> Iterator[Proxy]:
    yield through[0]
    through[0].restore()


@pytest.fixture
def lamp(pods, proxy) -> Product:
    """A product, and processes that have noticed that the database is there."""
    made = factories.product("Lamp", slug="lamp", stock=STOCK)
    for name in pods.ports:
        wait_for_answer(pods.url(name))
    return made


def until_noticed(customers: Customers, seconds: float) -> None:
    """Wait so long, and on a busy machine until somebody was refused."""
    deadline = time.monotonic() + BUSY
    time.sleep(seconds)
    while not customers.refusals and time.monotonic() < deadline:
        time.sleep(0.05)


def restart(_proxy: Proxy, customers: Customers) -> None:
    running.processes["postgres"].stop()
    until_noticed(customers, 0.5)
    running.restart("postgres")
    connection.close()  # this process's own


def refuse(proxy: Proxy, customers: Customers) -> None:
    proxy.refuse()
    until_noticed(customers, 1.5)
    proxy.restore()


def cut(proxy: Proxy, _customers: Customers) -> None:
    for _ in range(3):
        proxy.cut()
        time.sleep(0.3)


def hold(proxy: Proxy, _customers: Customers) -> None:
    proxy.hold()
    time.sleep(3)
    proxy.restore()


def read_only(_proxy: Proxy, customers: Customers) -> None:
    """As after a fail-over: those who are connected stay with a server that writes no more."""
    name = connection.settings_dict["NAME"]
    ends = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'shop web %'"
    ends += " AND datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only TO on")
        cursor.execute(ends)
        until_noticed(customers, 1)
        cursor.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


OUTAGES: dict[str, Callable[[Proxy, Customers], None]] = {
    "restarted": restart,
    "refused": refuse,
    "cut off": cut,
    "silent": hold,
    "read-only": read_only,
}


def wait_for_answer(address: str) -> float:
    """Return the seconds until one process answers a question that needs the database."""
    began = time.monotonic()
    while httpx.get(f"{address}/api/v1/products/?limit={time.time_ns() % 50 + 1}", timeout=30).status_code != 200:
        assert time.monotonic() - began < PATIENT
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize("outage", OUTAGES)
def test_no_order_is_lost_halved_or_doubled_and_pods_recover_by_themselves(pods, proxy, lamp, outage):
    variant = lamp.variants.get()
    customers = Customers(pods, variant)
    with customers.at_work():
        time.sleep(0.7)
        OUTAGES[outage](proxy, customers)
        recovery = [wait_for_answer(pods.url(name)) for name in pods.ports]
        time.sleep(0.5)

    assert max(recovery) < RECOVERY, recovery
    assert customers.numbers
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(customers.numbers)
    assert Payment.objects.count() == len(customers.numbers)
    sold = OrderLine.objects.aggregate(sum=Sum("quantity"))["sum"]
    assert StockMovement.objects.filter(reason="sold").aggregate(sum=Sum("change"))["sum"] == -sold
    assert Stock.objects.get(variant=variant).on_hand == STOCK - sold
    for refusal in customers.refusals:
        assert_is_friendly(refusal)
    assert customers.refusals or outage in {"cut off", "silent"}


def assert_is_friendly(answer: httpx.Response) -> None:
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    if answer.status_code == 409:  # the same order, sent again while its first request still holds the key
        assert answer.json()["code"] == "busy"
        return
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def test_pages_seen_before_still_open_and_the_rest_asks_to_come_back(pods, proxy, lamp):
    with httpx.Client(base_url=pods.base_url, timeout=30) as http:
        seen = http.get("/products/lamp/")
        assert seen.status_code == http.get("/api/v1/products/lamp/").status_code == 200
        proxy.refuse()
        assert http.get("/products/lamp/").text == seen.text
        assert http.get("/api/v1/products/lamp/").json()["slug"] == "lamp"
        page = http.get("/products/unseen/")
        assert (page.status_code, "Back in a moment" in page.text) == (503, True)
        assert int(page.headers["Retry-After"]) > 0
        assert_is_friendly(http.post("/api/v1/carts/", json={}))
        for name in pods.ports:
            assert httpx.get(f"{pods.url(name)}/readyz").status_code == 200


def test_postgresql_knows_which_process_a_session_is_of(pods, lamp):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name LIKE 'shop web%'")
        assert cursor.fetchall() == [("shop web web-1",), ("shop web web-2",)]


def test_a_silent_database_holds_threads_for_a_moment_and_then_one_of_them(pods, proxy, lamp):
    pod = pods.url("web-1")
    httpx.get(f"{pod}/products/lamp/")
    ask_at_once(pod, THREADS)  # each thread has its connection
    proxy.hold()
    began = time.monotonic()
    assert set(ask_at_once(pod, THREADS)) == {503}
    assert time.monotonic() - began < patience.DATABASE_HEALTH + patience.DATABASE_CONNECT + BUSY

    waited = []
    for _ in range(3):
        asked = ThreadPoolExecutor(1).submit(ask_at_once, pod, THREADS * 3)
        began = time.monotonic()
        assert httpx.get(f"{pod}/livez", timeout=30).status_code == 200
        assert httpx.get(f"{pod}/products/lamp/", timeout=30).status_code == 200
        waited.append(time.monotonic() - began)
        assert set(asked.result()) == {503}
    assert min(waited) < patience.DATABASE_CONNECT, "they waited for another's try, each time"
    began = time.monotonic()
    states = httpx.get(f"{pod}/readyz?verbose", timeout=30).json()["dependencies"]
    assert time.monotonic() - began < patience.PROBE + BUSY
    assert states["redis-cache"]["state"] == "ok"
    assert states["postgresql"]["state"] != "ok"
    proxy.restore()
    assert wait_for_answer(pod) < RECOVERY


def ask_at_once(pod: str, count: int) -> list[int]:
    """Return the statuses of so many questions at the same time that need the database."""

    def ask(number: int) -> int:
        url = f"{pod}/api/v1/carts/00000000-0000-4000-8000-{time.time_ns() % 10**8:08d}{number:04d}/"
        return httpx.get(url, timeout=30).status_code

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(ask, range(count)))


def test_slow_pages_leave_threads_to_carts_and_sign_in(pods, lamp):
    pod = pods.url("web-1")
    with locked("catalog_product"), ThreadPoolExecutor(6) as threads:
        searches = [threads.submit(timed, f"{pod}/products/?q=lamp{number}") for number in range(6)]
        time.sleep(0.2)
        others = [timed(f"{pod}{page}") for page in ("/cart/", "/account/login/", "/livez") * 2]
        assert not all(search.done() for search in searches)
        found = [search.result() for search in searches]
    assert {status for status, _seconds in others} == {200}
    assert max(seconds for _status, seconds in others) < patience.LOCK - 0.5, "they waited for the slow pages"
    assert {status for status, _seconds in found} == {503}
    quick = [seconds for _status, seconds in found if seconds < patience.LOCK - 0.5]
    assert len(quick) == 6 - THREADS // 2
    assert max(seconds for _status, seconds in found) < patience.LOCK + BUSY
    assert timed(f"{pod}/products/?q=lamp")[0] == 200


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Somebody holds a table, as a long migration would."""
    with other_connection() as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def timed(url: str) -> tuple[int, float]:
    """Return the status and the seconds of a GET."""
    began = time.monotonic()
    status = httpx.get(url, timeout=30).status_code
    return status, time.monotonic() - began
