"""What the search field suggests: the same bytes for everybody, few, and never markup of the visitor's."""

import html
import re

import pytest

from shop.catalog import services as catalog
from tests import factories

pytestmark = pytest.mark.django_db


def suggested(client, query: str) -> list[str]:
    page = client.get("/suggestions/", {"q": query}).content.decode()
    return [html.unescape(address) for address in re.findall(r'role="option" id="[^"]+" data-address="([^"]+)"', page)]


@pytest.fixture
def shelf():
    cushions = catalog.category(["Textiles", "Cushions & throws"])
    for number in range(8):
        factories.product(f"Star cushion {number}", slug=f"star-{number}", categories=(cushions,))
    return cushions


def test_a_beginning_of_a_word_suggests_categories_and_then_a_few_products(client, shelf):
    found = suggested(client, "cush")
    assert found[0] == shelf.get_absolute_url()
    assert len(found) == 1 + 6
    assert all(address.startswith("/products/star-") for address in found[1:])


def test_a_typing_error_is_forgiven(client, shelf):
    assert suggested(client, "cusion")


@pytest.mark.parametrize("query", ["", "s", "  s ", "\x00", "zeppelin"])
def test_what_is_too_short_or_nowhere_suggests_nothing(client, shelf, query):
    answer = client.get("/suggestions/", {"q": query})
    assert answer.status_code == 200
    assert "role=" not in answer.content.decode()
    assert "0 suggestions" in answer.content.decode()


def test_names_are_shown_as_text(client):
    factories.product("Star <b>bold</b>", slug="bold")
    assert "Star &lt;b&gt;bold&lt;/b&gt;" in client.get("/suggestions/?q=star").content.decode()


def test_suggestions_are_public_and_small(client, shelf):
    answer = client.get("/suggestions/?q=star", headers={"Accept-Encoding": "gzip"})
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert len(answer.content) < 2_000


@pytest.mark.django_db(transaction=True)
def test_suggestions_follow_an_edit(client, shelf):
    assert "/products/bright/" not in suggested(client, "bright")
    factories.product("Bright star", slug="bright")
    assert "/products/bright/" in suggested(client, "bright")
