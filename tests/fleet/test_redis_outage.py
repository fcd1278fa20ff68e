"""Redis goes away under a running store: every page still answers, nobody is logged out."""

import time
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from tests import factories
from tests.forms import form
from tests.services import fleet, running

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pods(delivery_and_tax) -> Iterator[Fleet]:
    made = fleet("redis-outage", settings.DATABASES["default"], web=2)
    try:
        made.start()
        made.wait()
        yield made
    finally:
        made.stop()
        if not running.processes["redis"].running:
            running.restart("redis")


def sign_in(http: httpx.Client) -> None:
    login = form(http.get("/account/login/").text, "/account/login/")
    answer = http.post("/account/login/", data=login.filled(login="ada@example.com", password="correct horse battery"))
    assert answer.status_code == 302


def is_signed_in(http: httpx.Client) -> bool:
    return http.get("/account/orders/").status_code == 200


def test_pages_answer_and_nobody_is_logged_out(pods):
    factories.user("ada@example.com", "correct horse battery")
    lamp = factories.product("Lamp")
    http = httpx.Client(base_url=pods.base_url, timeout=30, headers={"Origin": pods.base_url})
    sign_in(http)
    running.processes["redis"].kill()

    pages = ["/", "/products/", f"/products/{lamp.slug}/", "/cart/", "/fragments/shopper/", "/account/orders/"]
    for page in pages * 2:
        began = time.monotonic()
        assert http.get(page).status_code == 200, page
        assert time.monotonic() - began < 2, page
    buy = form(http.get(f"/products/{lamp.slug}/").text, "/cart/lines/")
    assert http.post("/cart/lines/", data=buy.values).status_code == 302
    assert "Lamp" in http.get("/cart/").text
    sign_in(httpx.Client(base_url=pods.base_url, timeout=30, headers={"Origin": pods.base_url}))

    running.restart("redis")
    time.sleep(1.5)
    assert is_signed_in(http)
    assert "Lamp" in http.get("/cart/").text


def test_who_logs_out_meanwhile_stays_out(pods):
    factories.user("ada@example.com", "correct horse battery")
    http = httpx.Client(base_url=pods.base_url, timeout=30, headers={"Origin": pods.base_url})
    sign_in(http)
    assert is_signed_in(http)
    kept = dict(http.cookies)
    running.processes["redis"].kill()
    logout = form(http.get("/account/logout/").text, "/account/logout/")
    assert http.post("/account/logout/", data=logout.values).status_code == 302
    running.restart("redis")
    time.sleep(1.5)
    thief = httpx.Client(base_url=pods.base_url, cookies=kept, timeout=30)
    assert not is_signed_in(thief)
