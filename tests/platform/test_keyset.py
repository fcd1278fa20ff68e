"""Keyset pages: every row once, in both directions, whatever was inserted in between."""

import base64

import pytest

from shop.catalog.models import Product
from shop.platform.keyset import BadCursor, page
from tests import factories

pytestmark = pytest.mark.django_db
ORDER = ("min_price", "id")


def walk(size: int) -> list[list[int]]:
    pages, cursor = [], None
    while True:
        found = page(Product.objects.all(), order=ORDER, cursor=cursor, size=size)
        pages.append([row.pk for row in found.rows])
        if not found.next:
            return pages
        cursor = found.next


def test_every_row_comes_once_and_in_order():
    made = [factories.product(prices=(price,)) for price in ("3", "1", "2", "1", "3")]
    expected = sorted(made, key=lambda product: (product.min_price, product.pk))
    assert walk(2) == [[p.pk for p in expected[:2]], [p.pk for p in expected[2:4]], [expected[4].pk]]


def test_back_and_forth_shows_the_same_page():
    for price in ("1", "2", "3"):
        factories.product(prices=(price,))
    first = page(Product.objects.all(), order=ORDER, cursor=None, size=1)
    second = page(Product.objects.all(), order=ORDER, cursor=first.next, size=1)
    again = page(Product.objects.all(), order=ORDER, cursor=second.previous, size=1)
    assert again.rows == first.rows
    assert first.previous is None
    assert again.previous is None


def test_a_row_inserted_before_the_cursor_shifts_nothing():
    for price in ("2", "3"):
        factories.product(prices=(price,))
    first = page(Product.objects.all(), order=ORDER, cursor=None, size=1)
    factories.product(prices=("1",))
    second = page(Product.objects.all(), order=ORDER, cursor=first.next, size=1)
    assert [row.min_price for row in second.rows] == [3]


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "WzFd", "WzAsWyJhIl0sWzFdXQ", "WzAsIFsibWluX3ByaWNlIiwgImlkIl0sIFsieCIsICJ5Il1d"]
)
def test_a_cursor_that_is_not_ours_is_refused(cursor):
    with pytest.raises(BadCursor):
        page(Product.objects.all(), order=ORDER, cursor=cursor, size=1)


def forged(values: str) -> str:
    return base64.urlsafe_b64encode(f'[0, ["title", "id"], {values}]'.encode()).decode()


@pytest.mark.parametrize(
    "values", ['["\\u0000", 1]', '["\\ud800", 1]', '["a", 1e999]', '["a", "NaN"]', "[" * 2000], ids=lambda v: v[:12]
)
def test_a_cursor_with_values_that_no_column_holds_is_refused(values):
    with pytest.raises(BadCursor):
        page(Product.objects.all(), order=("title", "id"), cursor=forged(values), size=1)


def test_a_cursor_with_a_price_beyond_all_numbers_is_refused():
    cursor = base64.urlsafe_b64encode(b'[0, ["min_price", "id"], ["1e999999", 1]]').decode()
    with pytest.raises(BadCursor):
        page(Product.objects.all(), order=ORDER, cursor=cursor, size=1)
