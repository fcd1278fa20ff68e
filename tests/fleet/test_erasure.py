"""An account is erased while other pods work for the same person, and while pods and Redis go away."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from config.local.proxy import Proxy
from prove.forms import form
from shop.accounts import tokens
from shop.accounts.models import User
from shop.cart.models import Cart
from shop.inventory.models import Stock
from shop.orders.models import Order
from shop.privacy.models import Erased, Request
from tests import factories
from tests.at_once import WAITING, other_connection
from tests.fleet.visitors import PASSWORD, Basket, Browser, Phone, account, signed_in
from tests.outages import proxied
from tests.services import fleet, started
from tests.waiting import patience

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
until = patience(20)
HOLD_CART = "SELECT FROM cart_cart WHERE id = %s FOR UPDATE"
GONE = "DELETE FROM accounts_user WHERE id = %s"
HOLD = "SELECT FROM accounts_user WHERE id = %s FOR UPDATE"


@pytest.fixture(scope="module")
def through() -> Iterator[tuple[Proxy, dict[str, str]]]:
    with proxied("redis") as (proxies, environment):
        yield proxies["redis"], environment


@pytest.fixture(scope="module")
def pods(django_db_setup, through) -> Iterator[Fleet]:
    with started(fleet("erasure", settings.DATABASES["default"], web=2, environment=through[1])) as made:
        yield made


def phone_of(pods: Fleet, pod: str, user: User) -> Phone:
    """A phone that signed in before."""
    phone = Phone(pods.url(pod))
    token = tokens.access_token(user_id=user.pk, family=uuid.uuid4())
    phone.http.headers["Authorization"] = f"Bearer {token}"
    return phone


def erase(phone: Phone) -> httpx.Response:
    return phone.http.request("DELETE", "/api/v1/me/", json={"password": PASSWORD})


@contextmanager
def held(statement: str, key: int) -> Iterator[psycopg.Connection]:
    """A row is in the hands of another process; it is let go at the end."""
    with other_connection() as other:
        other.execute(statement, [key])
        yield other


@contextmanager
def meanwhile(holder: psycopg.Connection, work: Callable[[], httpx.Response]) -> Iterator[Future[httpx.Response]]:
    """Begin what has to wait for the holder, and go on when it does."""
    with ThreadPoolExecutor(1) as thread:
        begun = thread.submit(work)
        until(lambda: holder.execute(WAITING).fetchone()[0])
        yield begun


def test_two_phones_erase_one_account_once(pods):
    user = account("ada")
    phones = [phone_of(pods, pod, user) for pod in pods.ports for _phone in range(2)]
    with ThreadPoolExecutor(len(phones)) as threads:
        answers = Counter(answer.status_code for answer in threads.map(erase, phones))
    assert set(answers) <= {204, 401, 409}  # the last: it waited for the other one for too long
    assert answers[204] >= 1
    assert (User.objects.count(), Request.objects.count()) == (0, 1)


def test_a_pod_that_is_killed_amidst_has_erased_nothing_and_another_one_does_it(pods):
    user = account("ada")
    first, second = (phone_of(pods, pod, user) for pod in ("web-1", "web-2"))
    cart = factories.open_cart(factories.variant(), user_id=user.pk)
    with held(HOLD_CART, cart.pk) as other, meanwhile(other, lambda: erase(first)) as answer:
        pods.kill("web-1")
        with pytest.raises(httpx.HTTPError):
            answer.result(20)
    pods.restart("web-1")
    assert User.objects.filter(pk=user.pk).exists()
    assert not Erased.objects.exists()
    assert erase(second).status_code == 204
    assert not User.objects.exists()


def test_an_order_that_is_placed_at_the_same_moment_is_erased_too_or_never_was(pods):
    lamp = factories.variant(stock=100)
    people = [account(f"shopper{number}") for number in range(4)]
    ordering = [phone_of(pods, "web-1", user) for user in people]
    erasing = [phone_of(pods, "web-2", user) for user in people]
    baskets = [phone.fill(lamp.pk) for phone in ordering]

    def order(number: int) -> httpx.Response:
        basket: Basket = baskets[number]
        return ordering[number].http.post("/api/v1/orders/", json=basket.body, headers=basket.headers)

    with ThreadPoolExecutor(2 * len(people)) as threads:
        placed = [threads.submit(order, number) for number in range(len(people))]
        erased = [threads.submit(erase, phone) for phone in erasing]
        answers = [work.result(30) for work in placed]
        assert {work.result(60).status_code for work in erased} <= {204, 409}
    assert {answer.status_code for answer in answers} <= {201, 401, 404, 409}
    for user, phone in zip(people, erasing, strict=True):  # who waited for too long asks again, as the answer says
        until(lambda user=user, phone=phone: not User.objects.filter(pk=user.pk).exists() or erase(phone).is_success)
    assert Order.objects.count() == sum(answer.status_code == 201 for answer in answers)
    known = set(Erased.objects.filter(what="order").values_list("row", flat=True))
    assert known == set(Order.objects.values_list("pk", flat=True))
    assert not Order.objects.exclude(user=None).exists()
    assert not Cart.objects.exclude(user=None).exists()


def test_an_order_that_comes_to_its_commit_too_late_is_refused_and_has_taken_nothing(pods):
    """Of a cart that was filled before signing in, which the erasure does not know."""
    user, lamp = account("ada"), factories.variant(stock=1)
    phone, basket = phone_of(pods, "web-1", user), Basket(str(factories.open_cart(lamp).public_id))

    def order() -> httpx.Response:
        return phone.http.post("/api/v1/orders/", json=basket.body, headers=basket.headers)

    with held(HOLD, user.pk) as other, meanwhile(other, order) as answer:
        other.execute(GONE, [user.pk])
        other.execute("COMMIT")
        assert (answer.result(20).status_code, answer.result(20).json()["code"]) == (401, "token_invalid")
    assert not Order.objects.exists()
    assert Stock.objects.get().on_hand == 1


def test_a_browser_that_fills_its_first_cart_too_late_is_signed_out(pods):
    user, lamp = account("ada"), factories.variant()
    browser = Browser(pods.url("web-1"), **signed_in(user))
    buy = form(browser.send("GET", f"/products/{lamp.product.slug}/").text, "/cart/lines/")

    def add() -> httpx.Response:
        return browser.http.post("/cart/lines/", data=buy.values)

    with held(HOLD, user.pk) as other, meanwhile(other, add) as answer:
        other.execute(GONE, [user.pk])
        other.execute("COMMIT")
        assert (answer.result(20).status_code, answer.result(20).headers["Location"]) == (302, "/account/login/")
    assert not Cart.objects.exists()


def test_who_is_erased_while_redis_is_away_stays_signed_out_when_it_is_back(pods, through):
    user, proxy = account("ada"), through[0]
    here, there = (Browser(pods.url(pod)) for pod in ("web-1", "web-2"))
    for browser in (here, there):
        browser.sign_in(user.email)
        assert browser.is_signed_in()
    copies = dict(here.http.cookies)
    page = form(here.send("GET", "/account/data/").text, "/account/data/erase/")
    filled = page.filled(**{"erase-password": PASSWORD, "erase-sure": "on"})
    proxy.refuse()
    try:
        here.send("POST", "/account/data/erase/", data=filled, expect=302)
        assert not there.is_signed_in()
    finally:
        proxy.restore()
    for pod in pods.ports:
        copy = Browser(pods.url(pod), **copies)
        until(lambda copy=copy: copy.http.get("/livez").status_code == 200)
        assert not copy.is_signed_in()
    assert not there.is_signed_in()


def test_a_key_that_is_sent_again_after_the_erasure_makes_no_second_order(pods):
    user, lamp = account("ada"), factories.variant()
    phone = phone_of(pods, "web-1", user)
    basket = phone.fill(lamp.pk)
    phone.send("POST", "/api/v1/orders/", json=basket.body, headers=basket.headers, expect=201)
    assert erase(phone).status_code == 204
    again = [
        phone.http.post("/api/v1/orders/", json=basket.body, headers={"Idempotency-Key": key})
        for key in (basket.headers["Idempotency-Key"], str(uuid.uuid4()))
    ]
    assert [answer.status_code for answer in again] == [200, 404]
    assert Order.objects.count() == 1
