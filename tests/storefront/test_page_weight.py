"""A page is light: all a browser loads for a product page, pictures apart, stays under 60 KB on the wire."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from shop.catalog import services as catalog
from tests import factories

pytestmark = pytest.mark.django_db
LIMIT = 60_000  # bytes
PACKED = {".woff2"}


def wire_size(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix in PACKED else len(gzip.compress(content, 6))


@pytest.fixture
def page(client) -> str:
    for number in range(8):
        category = catalog.category([f"Category {number}"])
    for _ in range(5):
        factories.product(prices=("10", "20", "30", "40", "50"), categories=(category,), body_html="<p>A star.</p>" * 9)
    return client.get(
        factories.product(slug="star", prices=("10", "20", "30"), categories=(category,)).get_absolute_url()
    ).content.decode()


def test_a_product_page_is_light(page):
    loaded = {*re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', page)}
    assert {Path(name).suffix for name in loaded} == {".css", ".js", ".woff2"}
    sizes = {name: wire_size(Path(finders.find(name))) for name in loaded} | {
        "page": len(gzip.compress(page.encode(), 6))
    }
    assert sum(sizes.values()) < LIMIT, sizes


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(page):
    loaded = re.sub(r'<link rel="canonical" href="http[^"]+/products/star/">', "", page)  # only says where the page is
    assert loaded != page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', loaded)
    assert not re.findall(r"<script(?![^>]*(?:src=|type=\"application/(?:ld\+)?json\"))", page)
    assert " style=" not in page
    assert not re.findall(r"\son[a-z]+=", page)
