"""PostgreSQL is restarted, refused, cut off or silent: friendly refusals, no half order, back by itself at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
from shop.platform.patience import DATABASE_AWAY, DATABASE_BELIEVED
from tests import factories
from tests.at_once import other_connection
from tests.fleet.customers import PATIENT, Customers
from tests.fleet.patient import REDIS, waiting
from tests.outages import proxied
from tests.services import fleet, running, started
from tests.waiting import patience

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
WEB, THREADS = 2, 4
STOCK = 100_000  # more than customers can order meanwhile
BUSY = 30.0  # seconds that a machine may take for nothing
LONG = 20.0  # seconds of what these processes wait for: who waited for it is told by that from who is on a busy machine
# Seconds from the server's return to the first answer of each process: one may have begun to connect while it stopped
RECOVERY = LONG + BUSY
until = patience(60)


@pytest.fixture(scope="module")
def through() -> Iterator[tuple[Proxy, dict[str, str]]]:
    with proxied("postgres") as (proxies, environment):
        yield proxies["postgres"], environment


@pytest.fixture(scope="module")
def pods(django_db_setup, through) -> Iterator[Fleet]:
    """They wait long for a connection, a lock and an answer, and for a Redis that has its reasons."""
    waits = waiting(DATABASE_CONNECT=int(LONG), LOCK=LONG, STATEMENTS={"web": LONG}, **REDIS)
    database = settings.DATABASES["default"]
    with started(fleet("database-outages", database, web=WEB, environment=through[1] | waits)) as made:
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
    while httpx.get(f"{address}/api/v1/products/?limit={time.time_ns() % 50 + 1}", timeout=PATIENT).status_code != 200:
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
    with httpx.Client(base_url=pods.base_url, timeout=PATIENT) as http:
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
            assert status(f"{pods.url(name)}/readyz") == 200


def test_postgresql_knows_which_process_a_session_is_of(pods, lamp):
    def known() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'shop web%'")
            return {name for (name,) in cursor.fetchall()}

    until(lambda: known() == {"shop web web-1", "shop web web-2"})  # sessions of others end a moment after them


def test_a_silent_database_holds_threads_for_a_moment_and_then_one_of_them(pods, proxy, lamp):
    pod = pods.url("web-1")
    assert status(f"{pod}/products/lamp/") == 200
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(status, carts(pod, THREADS)))  # each thread has its connection
        time.sleep(DATABASE_BELIEVED)  # and asks it first whether it lives
        before = proxy.connections
        proxy.hold()
        first = [threads.submit(status, cart) for cart in carts(pod, THREADS)]
        until(lambda: proxy.connections - before >= THREADS)  # each gave the silent one up and tries a new one
        proxy.cut()
        assert {each.result() for each in first} == {503}
    until(lambda: all_else_is_answered_while_one_tries(pod, proxy), 120)
    proxy.restore()
    assert wait_for_answer(pod) < RECOVERY


def all_else_is_answered_while_one_tries(pod: str, proxy: Proxy) -> bool:
    """Say whether it was seen: it may have been a thread which no request waits for that tried."""
    time.sleep(DATABASE_AWAY)
    with ThreadPoolExecutor(THREADS * 3) as threads:
        asked = [threads.submit(status, cart) for cart in carts(pod, THREADS * 3)]
        until(lambda: waiting_still(asked) <= 1)
        assert status(f"{pod}/livez") == status(f"{pod}/products/lamp/") == 200
        until(lambda: states(pod)["redis-cache"]["state"] == "ok")
        assert states(pod)["postgresql"]["state"] != "ok"
        trying = waiting_still(asked)
        proxy.cut()
        assert {each.result() for each in asked} == {503}
    return trying == 1


def carts(pod: str, count: int) -> list[str]:
    """Return the addresses of so many pages that need the database."""
    some = f"{pod}/api/v1/carts/00000000-0000-4000-8000-{time.time_ns() % 10**8:08d}"
    return [f"{some}{number:04d}/" for number in range(count)]


def states(pod: str) -> dict[str, dict[str, object]]:
    """Return what a process sees of each service; it remembers for a second."""
    found: dict[str, dict[str, object]] = httpx.get(f"{pod}/readyz?verbose", timeout=PATIENT).json()["dependencies"]
    return found


def waiting_still(asked: list[Future[int]]) -> int:
    return sum(not each.done() for each in asked)


def test_slow_pages_leave_threads_to_carts_and_sign_in(pods, lamp):
    pod = pods.url("web-1")
    with ThreadPoolExecutor(6) as threads:
        with locked("catalog_product"):
            searches = [threads.submit(status, f"{pod}/products/?q=lamp{number}") for number in range(6)]
            until(lambda: waiting_still(searches) == THREADS // 2)
            others = [status(f"{pod}{page}") for page in ("/cart/", "/account/login/", "/livez") * 2]
            assert waiting_still(searches) == THREADS // 2, "the others waited for the slow pages"
        assert others == [200] * 6
        found = [search.result() for search in searches]
    assert sorted(found) == [200] * (THREADS // 2) + [503] * (6 - THREADS // 2)
    assert status(f"{pod}/products/?q=lamp") == 200


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Somebody holds a table, as a long migration would."""
    with other_connection() as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def status(url: str) -> int:
    """Return the status of a GET."""
    return httpx.get(url, timeout=PATIENT).status_code
