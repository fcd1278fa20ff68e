"""SKUs: those of other products, those that two rows share, and those that the file leaves out."""

import pytest

from shop.catalog.models import Product, Variant
from tests import factories
from tests.backoffice.importer.files import rejected, row, run, shirt, write

pytestmark = pytest.mark.django_db


def test_a_sku_of_another_product_is_refused_and_that_product_keeps_it(tmp_path):
    owner = factories.product(title="Owner")
    taken = owner.variants.get().sku
    report = run(
        write(tmp_path, shirt(option="Size", value="S", sku=taken), row("shirt", value="M", sku="mine", price="3"))
    )
    assert rejected(report) == [(2, f"its SKU {taken} belongs to the product {owner.slug}")]
    assert Variant.objects.get(sku=taken).product == owner
    assert Product.objects.get(slug="shirt").variants.get().sku == "mine"


def test_shared_skus_are_replaced_when_asked_for(tmp_path):
    file = write(tmp_path, shirt(option="Size", value="S", sku="A"), row("shirt", value="M", sku="A", price="3"))
    for _time in range(2):
        report = run(file, rename_skus=True)
        assert (rejected(report), [note.line for note in report.notes]) == ([], [3])
        assert sorted(Variant.objects.values_list("sku", flat=True)) == ["A", "shirt.m"]


def test_missing_skus_are_the_same_in_each_import(tmp_path):
    rows = [shirt(option="Size", value=value, sku="") for value in ("10.5", "105", "½")]
    run(write(tmp_path, *rows))
    first = dict(Variant.objects.values_list("sku", "pk"))
    run(write(tmp_path, *reversed(rows)))
    assert len(first) == 3
    assert dict(Variant.objects.values_list("sku", "pk")) == first
