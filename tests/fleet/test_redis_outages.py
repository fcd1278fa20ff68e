"""Redis is refused, silent, slow, full, emptied or replaced: every answer is right, nobody is signed out or in."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from config.local.process import Process
from config.local.proxy import Proxy
from config.local.redis import Redis
from shop.accounts.limits import SIGN_IN
from shop.catalog.models import Product
from shop.orders.models import Order
from shop.platform import patience
from tests import factories
from tests.fleet.visitors import Browser, Phone, account, signed_in
from tests.outages import full_redis, proxied, redis_server
from tests.services import directory, fleet, place, started

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
Outage = Callable[[], object]
WEB, THREADS = 2, 4
SLOW = 60.0  # seconds of an answer: more than visitors put up with
NEARLY = patience.REDIS_ANSWER - 0.05  # seconds of one that is just waited for
BACK = patience.REDIS_AWAY + 0.5  # seconds after which every process has noticed the return


@pytest.fixture(scope="module")
def through() -> Iterator[tuple[Proxy, dict[str, str]]]:
    with proxied("redis") as (proxies, environment):
        yield proxies["redis"], environment


@pytest.fixture(scope="module")
def pods(django_db_setup, through) -> Iterator[Fleet]:
    with started(fleet("redis-outages", settings.DATABASES["default"], web=WEB, environment=through[1])) as made:
        yield made


@pytest.fixture(scope="module")
def standby() -> Iterator[int]:
    """The port of another Redis."""
    service = Redis(directory / "redis-standby", durable=False)
    service.prepare()
    process = Process(service.program(), place)
    process.start()
    process.wait_until(service.ready, seconds=60, what="the other Redis")
    yield service.port
    process.kill()


@pytest.fixture
def proxy(through) -> Iterator[Proxy]:
    """Passing to the first Redis again after the test."""
    found = through[0]
    usual = found.target
    yield found
    replace(found, usual)
    found.restore()


def replace(proxy: Proxy, port: int) -> None:
    proxy.target = port
    proxy.cut()


@pytest.fixture
def outage(request, proxy, standby) -> Iterator[Outage]:
    """What happens to Redis: call it."""
    redis_server(port=standby).flushall()
    kinds: dict[str, Outage] = {
        "refused": proxy.refuse,
        "silent": proxy.hold,
        "slow": lambda: proxy.delay(SLOW),
        "nearly too slow": lambda: proxy.delay(NEARLY),
        "flushed": lambda: redis_server().flushall(),
        "replaced by an empty one": lambda: replace(proxy, standby),
    }
    if request.param in kinds:
        yield kinds[request.param]
        return
    with ExitStack() as stack:
        yield lambda: stack.enter_context(full_redis())


KINDS = ["refused", "silent", "slow", "nearly too slow", "flushed", "replaced by an empty one", "full"]


@pytest.mark.parametrize("outage", KINDS, indirect=True)
def test_every_answer_is_right_and_nobody_is_signed_out(pods, proxy, outage):
    lamp = factories.product("Lamp", slug="lamp", stock=50)
    ada, bob = (Browser(pods.base_url, **signed_in(account(name))) for name in ("ada", "bob"))
    account("eve")
    ada.add(lamp.slug)
    assert bob.is_signed_in()
    bobs_cookies = dict(bob.http.cookies)
    staff = Browser(pods.base_url, **signed_in(account("staff", is_staff=True, is_superuser=True)))

    outage()
    ada.browse(lamp.slug)
    assert ada.is_signed_in()
    staff.send("GET", "/admin/")
    bob.sign_out()
    numbers = [*shop_by_browser(ada, lamp), *shop_by_phone(Phone(pods.base_url), lamp)]
    ada.add(lamp.slug)
    eve = Browser(pods.base_url)
    eve.sign_in("eve@example.com")

    for pause in (0, BACK):
        time.sleep(pause)
        assert ada.is_signed_in()
        assert eve.is_signed_in()
        assert "Lamp" in ada.cart()
        assert not Browser(pods.base_url, **bobs_cookies).is_signed_in()
        proxy.restore()
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(numbers)


def shop_by_browser(ada: Browser, lamp: Product) -> list[str]:
    """A cart from before goes on, another one is begun by a guest; return the orders' numbers."""
    assert "Lamp" in ada.cart()
    ada.add(lamp.slug)
    guest = Browser(str(ada.http.base_url).rstrip("/"))
    guest.add(lamp.slug)
    return [ada.order(), guest.order()]


def shop_by_phone(phone: Phone, lamp: Product) -> list[str]:
    phone.sign_in("ada@example.com")
    phone.refresh()
    phone.browse(lamp.slug)
    return [phone.order(phone.fill(lamp.variants.get().pk))]


@pytest.mark.parametrize("outage", ["refused", "full"], indirect=True)
def test_guessing_passwords_never_becomes_free(pods, outage):
    outage()
    wrong = {"email": f"{uuid.uuid4()}@example.com", "password": "guess"}
    with httpx.Client(base_url=pods.base_url, timeout=60) as http:
        tries = [http.post("/api/v1/auth/token/", json=wrong).status_code for _ in range(SIGN_IN.times + 5)]
    assert set(tries) == {401, 429}
    assert tries.count(401) <= SIGN_IN.times


def test_a_replica_without_the_last_writes_signs_nobody_in_or_out(pods, proxy, standby):
    ada, bob = (Browser(pods.base_url, **signed_in(account(name))) for name in ("ada", "bob"))
    late = account("eve")
    assert ada.is_signed_in()
    assert bob.is_signed_in()
    bobs_cookies = dict(bob.http.cookies)
    copy_all(standby)
    bob.sign_out()
    eve = Browser(pods.base_url, **signed_in(late))
    replace(proxy, standby)
    time.sleep(BACK)

    assert ada.is_signed_in()
    assert eve.is_signed_in()
    assert not Browser(pods.base_url, **bobs_cookies).is_signed_in()


def copy_all(port: int) -> None:
    """Make the other Redis what this one is now."""
    redis_server(port=port).flushall()
    for number in range(2):
        here, there = redis_server(number), redis_server(number, port=port)
        keys = list(here.scan_iter())
        assert keys or number == 0
        for key in keys:
            there.restore(key, max(0, here.pttl(key)), here.dump(key))


@pytest.mark.parametrize("outage", ["nearly too slow"], indirect=True)
def test_once_a_breaker_is_open_pages_do_not_ask_for_what_is_slow(pods, outage):
    lamp = factories.product("Lamp", slug="lamp")
    ada = Browser(pods.base_url, **signed_in(account("ada")))
    ada.add(lamp.slug)
    time.sleep(BACK)  # from what was before
    usual = questions(ada)[0]
    outage()
    for _ in range(4):  # each process has to see it first
        ada.browse(lamp.slug)
    asked, seconds = questions(ada)
    assert asked < usual / 4 + WEB * seconds / patience.REDIS_AWAY, "each page waited for answers"


def questions(browser: Browser) -> tuple[int, float]:
    """Return how many commands Redis got while some pages were made, and in how many seconds."""
    pages = ["/", "/products/", "/products/lamp/", "/cart/", "/fragments/shopper/", "/account/orders/"]
    before, began = commands(), time.monotonic()
    for page in pages * 4:
        browser.send("GET", page)
    return commands() - before, time.monotonic() - began


def commands() -> int:
    return int(redis_server().info("stats")["total_commands_processed"])


def test_one_call_at_a_time_asks_a_silent_redis_and_its_return_is_no_stampede(pods, proxy):
    factories.product("Lamp", slug="lamp")
    with many_visitors(pods, 8):
        time.sleep(0.5)
        proxy.hold()
        time.sleep(1)  # those who are under way notice
        before, began = proxy.connections, time.monotonic()
        time.sleep(3)
        during, seconds = proxy.connections - before, time.monotonic() - began
        proxy.restore()
        time.sleep(BACK)
        after = proxy.connections - before - during
    assert during <= WEB * (seconds / patience.REDIS_AWAY + THREADS)  # one tries, and who was under way still
    assert after <= WEB * THREADS * 4  # a thread's connections to each of two databases, and as many again


@contextmanager
def many_visitors(pods: Fleet, count: int) -> Iterator[None]:
    """Visitors who ask for the front page without a pause; each answer has to be right.

    Where the machine is so busy that pages are slow, some are refused, so that threads are left to the rest.
    """
    seen: list[int] = []
    over, before = threading.Event(), lane_refusals(pods)

    def visit() -> None:
        with httpx.Client(base_url=pods.base_url, timeout=60, cookies={"sessionid": "a" * 32}) as http:
            while not over.is_set():
                seen.append(http.get("/").status_code)
                seen.append(http.get("/fragments/shopper/").status_code)

    threads = [threading.Thread(target=visit) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert set(seen) <= {200, 503}
    # Who is refused is shown an older copy of the page, if there is one
    assert seen.count(503) <= lane_refusals(pods) - before


def lane_refusals(pods: Fleet) -> float:
    """How many slow pages all processes have refused so far."""
    told = "".join(httpx.get(pods.metrics_url(name), timeout=60).text for name in pods.ports)
    return sum(float(number) for number in re.findall(r"^shop_lane_refusals_total (.*)$", told, re.MULTILINE))
