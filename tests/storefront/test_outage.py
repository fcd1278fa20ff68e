"""What shoppers see while PostgreSQL is away: pages seen a moment ago, and a friendly 503 for the rest."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from shop.platform.pages import shelf
from tests import factories

pytestmark = pytest.mark.django_db


def _refuse(*_: object) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.fixture
def star() -> str:
    return factories.product("Star", slug="star").get_absolute_url()


@pytest.fixture
def away(star) -> Iterator[None]:
    """Every query fails from here on."""
    with connection.execute_wrapper(_refuse):
        yield


@pytest.fixture
def seen_before(client, star, monkeypatch) -> bytes:
    monkeypatch.setattr(shelf, "FRESH", 0)  # the copy is old the moment it is made
    return client.get(star).content


def test_a_page_that_was_seen_stands_in(client, seen_before, away):
    answer = client.get("/products/star/")
    assert (answer.status_code, answer.content) == (200, seen_before)


def test_a_page_that_nobody_saw_says_when_to_come_back(client, away):
    cache.clear()
    answer = client.get("/products/star/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Back in a moment" in answer.content.decode()


@pytest.mark.parametrize("address", ["/account/login/", "/checkout/", "/cart/"])
def test_personal_pages_never_fail_with_a_server_error(client, away, address):
    client.cookies["cart"] = "anything"
    assert client.get(address).status_code in {200, 302, 503}
