"""A page is light: all a browser loads for a page of the catalogue, pictures apart, stays under 60 KB on the wire."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from shop.catalog import services as catalog
from tests import factories

pytestmark = pytest.mark.django_db
LIMIT = 60_000  # bytes
PACKED = {".woff2"}


def wire_size(path: Path) -> int:
    """Return the bytes of a file as WhiteNoise keeps it packed."""
    content = path.read_bytes()
    return len(content) if path.suffix in PACKED else len(brotli.compress(content))


@pytest.fixture
def catalogue() -> None:
    for number in range(8):
        category = catalog.category([f"Category {number}"])
    for _ in range(30):
        factories.product(prices=("10", "20", "30", "40", "50"), categories=(category,), body_html="<p>A star.</p>" * 9)
    factories.product(slug="star", prices=("10", "20", "30"), categories=(category,))


@pytest.fixture
def page(catalogue, client) -> str:
    return client.get("/products/star/").content.decode()


@pytest.mark.parametrize("address", ["/", "/products/", "/products/star/"])
def test_a_page_is_light(catalogue, client, address):
    page = client.get(address).content.decode()
    loaded = {*re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', page)}
    assert {Path(name).suffix for name in loaded} == {".css", ".js", ".woff2"}
    sizes = {name: wire_size(Path(finders.find(name))) for name in loaded} | {"page": len(gzip.compress(page.encode()))}
    assert sum(sizes.values()) < LIMIT, sizes


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(page):
    loaded = re.sub(r'<link rel="canonical" href="http[^"]+/products/star/">', "", page)  # only says where the page is
    assert loaded != page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', loaded)
    assert not re.findall(r"<script(?![^>]*(?:src=|type=\"application/(?:ld\+)?json\"))", page)
    assert " style=" not in page
    assert not re.findall(r"\son[a-z]+=", page)
