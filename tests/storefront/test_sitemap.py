"""Search engines are told every page of the catalogue, in files of a size, and nothing that is hidden."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.catalog import services as catalog
from shop.catalog.models import Product
from shop.storefront import sitemap
from tests import factories

pytestmark = pytest.mark.django_db


def addresses(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    assert answer["Cache-Control"] == "public, max-age=3600"
    return re.findall(r"<loc>http://testserver(.*?)</loc>", answer.content.decode())


def file_of(product: Product) -> str:
    """The file that names it: ids go on from test to test, so it is not always the first."""
    return f"/sitemap-products.xml?p={-(-product.pk // sitemap.A_FILE)}"


def test_each_page_is_in_one_of_the_files(client, monkeypatch):
    category = catalog.category(["Stars"])
    shown = [factories.product(slug=f"star-{number}", categories=(category,)) for number in range(5)]
    monkeypatch.setattr(sitemap.Products, "limit", shown[2].pk)  # the last that the first file has room for
    files = addresses(client, "/sitemap.xml")
    assert files == ["/sitemap-lists.xml", "/sitemap-products.xml", "/sitemap-products.xml?p=2"]
    found = [addresses(client, file) for file in files]
    pages = [product.get_absolute_url() for product in shown]
    assert found == [["/", "/products/", f"/categories/{category.slug}/"], pages[:3], pages[3:]]


def test_what_is_hidden_is_not_in_them(client):
    factories.product(slug="hidden", published=False)
    factories.product(slug="later", published_at=timezone.now() + timedelta(days=1))
    shown = factories.product(slug="søn")
    assert addresses(client, file_of(shown)) == ["/products/s%C3%B8n/"]


def test_a_file_passes_over_no_rows_of_the_files_before(client):
    last = [factories.product() for _ in range(4)][-1]
    with CaptureQueriesContext(connection) as asked:
        addresses(client, file_of(last))
    assert len(asked) == 2
    assert "OFFSET" not in str(asked.captured_queries) and "COUNT" not in str(asked.captured_queries)


@pytest.mark.parametrize("path", ["/sitemap-others.xml", "/sitemap-products.xml?p=0", "/sitemap-products.xml?p=x"])
def test_there_are_no_other_files(client, path):
    assert client.get(path).status_code == 404


def test_an_empty_shop_has_its_lists(client):
    Product.objects.all().delete()
    assert addresses(client, "/sitemap-products.xml") == []
    assert addresses(client, "/sitemap-lists.xml") == ["/", "/products/"]
