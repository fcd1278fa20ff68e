"""Rows that cannot be used: each is named with its line and its reason, and the rest is imported."""

import pytest
from django.db import DataError, connection, transaction

from shop.backoffice.importer.attempts import persist
from shop.catalog.models import Product, Variant
from tests.backoffice.importer.files import rejected, row, run, shirt, write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"price": ""}, "it has no price"),
        ({"price": "twelve"}, "the price “twelve” is not a number"),
        ({"price": "-1"}, "the price -1 is out of range"),
        ({"price": "NaN"}, "the price “NaN” is not a usable number"),
        ({"price": "1e999999999"}, "the price “1e999999999” is not a usable number"),
        ({"price": "99999999999"}, "the price 99999999999 is out of range"),
        ({"qty": "1.5"}, "the stock 1.5 is not a number of pieces"),
        ({"qty": "many"}, "the stock “many” is not a number"),
        ({"Variant_Grams": "-3"}, "the weight -3 g is out of range"),
        ({"sku": "x" * 256}, "its SKU is longer than 255 characters"),
        ({"title": ""}, "its product has no title"),
        ({"title": "x" * 256}, "its product's title is too long"),
        ({"body": "a\x00b"}, "it contains a NUL character"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_line_and_the_rest_is_imported(tmp_path, values, reason):
    report = run(write(tmp_path, shirt("first"), shirt("odd", **values), shirt("last")))
    assert rejected(report) == [(3, reason)]
    assert sorted(Product.objects.values_list("slug", flat=True)) == ["first", "last"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    report = run(write(tmp_path, shirt(body="one\r\ntwo\r\nthree"), shirt("odd", price="x")))
    assert [remark.line for remark in report.rejected] == [5]


def test_a_row_without_a_handle_is_rejected(tmp_path):
    report = run(write(tmp_path, shirt(), shirt("", sku="X"), shirt("***", sku="Y")))
    assert rejected(report) == [(3, "it has no handle"), (4, "it has no handle")]


def test_an_odd_variant_leaves_the_others_of_its_product(tmp_path):
    report = run(
        write(
            tmp_path,
            shirt(option="Size", value="S", sku="A"),
            row("shirt", value="M", sku="B", price="?"),
            row("shirt", value="", sku="C", price="5"),
            row("shirt", value="S", sku="D", price="5"),
            row("shirt", value="L", sku="A", price="5"),
            row("shirt", value="XL", sku="E", price="5"),
        )
    )
    assert rejected(report) == [
        (3, "the price “?” is not a number"),
        (4, "it has no value for the option Size"),
        (5, "it has the same options as line 2"),
        (6, "its SKU is on line 2 already"),
    ]
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["A", "E"]


def test_two_handles_that_come_to_one_address_are_told_apart(tmp_path):
    report = run(write(tmp_path, shirt("Blue Shirt"), shirt("blue-shirt", sku="other")))
    assert rejected(report) == [(3, "its handle stands for the same product as that on line 2")]
    assert Product.objects.get().slug == "blue-shirt"


def test_what_a_rejected_row_names_is_free_for_the_next(tmp_path):
    report = run(
        write(
            tmp_path,
            shirt(option="Size", value="S", sku="A"),
            row("shirt", value="L", sku="A", price="5"),
            row("shirt", value="L", sku="B", price="5"),
        )
    )
    assert rejected(report) == [(3, "its SKU is on line 2 already")]


def test_a_value_that_the_database_never_takes_is_not_tried_again():
    tries = []

    def save():
        tries.append("once")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 'a'::integer")

    with pytest.raises(DataError):
        persist(save)
    assert tries == ["once"]
