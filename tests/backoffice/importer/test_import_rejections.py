"""Rows that cannot be used: each is named with its line and its reason, and the rest is imported."""

import random

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from shop.backoffice.importer import reader
from shop.backoffice.importer.attempts import NotSaved, persist
from shop.backoffice.importer.run import Import
from shop.catalog.models import Category, Product, Variant
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


def test_a_product_that_breaks_a_rule_of_the_database_is_rejected_at_once_and_the_rest_is_imported(tmp_path):
    run(write(tmp_path, shirt("short"), shirt("long")))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_product ADD CONSTRAINT few_words CHECK (length(title) < 20)")
        cursor.execute("ALTER TABLE inventory_stock ADD CONSTRAINT small_stock CHECK (on_hand < 100)")
    characters = "".join(random.Random(7).choices([chr(0x20000 + number) for number in range(0xA000)], k=750))
    sizes = {"option": "A", "value": characters[:250], "Option2_Name": "B", "Option2_Value": characters[250:500]}
    file = write(
        tmp_path,
        shirt("long", title="A shirt that has too many words", price="5.00"),
        shirt("indexed", **sizes, Option3_Name="C", Option3_Value=characters[500:]),
        shirt("stocked", qty="100"),
        shirt("last", qty="3"),
    )
    report = run(file)
    (_line, rule), (_line, length), (_line, stock) = sorted(rejected(report))
    assert 'could not be saved: the database refuses a value (new row for relation "catalog_product"' in rule
    assert rule.endswith('constraint "few_words"). Correct it and import the file again.')
    assert "could not be saved: its values are too long (index row size" in length
    assert stock.startswith("the stock could not be saved: ")
    assert "small_stock" in stock
    assert Variant.objects.get(product__slug="long").price == 20
    levels = dict(Variant.objects.values_list("product__slug", "stock__on_hand"))
    assert levels == {"short": 0, "long": 0, "stocked": None, "last": 3}


ERRORS = [
    ("SELECT 'a'::integer", NotSaved, 1),
    ("UPDATE catalog_product SET published = NULL", NotSaved, 1),
    ("SELECT * FROM no_such_table", ProgrammingError, 1),
    ("UPDATE catalog_product SET slug = 'same'", NotSaved, 4),
    ("DO $$ BEGIN RAISE deadlock_detected; END $$", NotSaved, 4),
    ("DO $$ BEGIN RAISE admin_shutdown; END $$", OperationalError, 4),
]


@pytest.mark.parametrize(("statement", "error", "attempts"), ERRORS)
def test_only_what_may_pass_is_tried_again(tmp_path, monkeypatch, statement, error, attempts):
    run(write(tmp_path, shirt("one"), shirt("two")))
    monkeypatch.setattr("shop.backoffice.importer.attempts.PAUSES", (0, 0, 0))
    tries = []

    def save():
        tries.append(statement)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    with pytest.raises(error):
        persist(save)
    assert len(tries) == attempts


def test_a_category_that_staff_remove_during_the_import_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("shop.backoffice.importer.attempts.PAUSES", (0, 0, 0))
    file = write(tmp_path, shirt("first", type="Shirts"), shirt("second", type="Shirts"))
    removals = iter([lambda: None, lambda: Category.objects.all().delete()])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit, which this test does not reach
    report = Import(file, advance=lambda _rows: next(removals)()).run(reader.overview(file))
    assert report.rejected == []
    assert Product.objects.get(slug="second").categories.get().name == "Shirts"
