"""What an import makes of a file."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from shop.catalog.models import Category, Product, Variant
from shop.inventory.models import StockMovement
from tests import factories
from tests.backoffice.importer.files import HEADER, row, run, shirt, write

pytestmark = pytest.mark.django_db


def state():
    """Everything an import may change, but for ids and times."""
    products = Product.objects.order_by("slug").values_list(
        "slug", "title", "body_html", "published", "facets", "min_price"
    )
    variants = Variant.objects.order_by("sku").values_list(
        "sku", "option_values", "price", "stock__on_hand", "stock__tracked"
    )
    return list(products), list(variants), list(Category.objects.values_list("slug")), StockMovement.objects.count()


def test_a_product_comes_with_all_that_the_file_says_of_it(tmp_path):
    file = write(
        tmp_path,
        {
            **shirt("blue-shirt", title="Blue shirt", body='<p onclick="x()">Soft</p><script>alert(1)</script>'),
            "Vendor": "Mill", "Type": "Shirts", "Tags": "summer, linen,summer,", "Published": "true",
            "Option1 Name": "Size", "Option1 Value": "M", "Variant SKU": "B-M", "Variant Grams": "250",
            "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "7", "Variant Inventory Policy": "deny",
            "Variant Price": "19.90", "Variant Compare At Price": "25.00", "Variant Barcode": "'4006381333931",
            "SEO Title": "Shirt, blue", "SEO Description": "A blue shirt", "Google Shopping / Gender": "unisex",
        },
        row(
            "blue-shirt", value="L", sku="B-L", price="21.90",
            Variant_Requires_Shipping="false", Variant_Taxable="false",
        ),
    )  # fmt: skip
    report = run(file)
    assert (report.products_created, report.variants, report.rejected, report.notes) == (1, 2, [], [])
    product = Product.objects.get(slug="blue-shirt")
    assert (product.title, product.vendor, product.product_type) == ("Blue shirt", "Mill", "Shirts")
    assert product.body_html == "<p>Soft</p>"
    assert product.tags == ["summer", "linen"]
    assert product.attributes == {"Gender": "unisex"}
    assert (product.seo_title, product.seo_description) == ("Shirt, blue", "A blue shirt")
    assert [category.name for category in product.categories.all()] == ["Shirts"]
    assert (product.min_price, product.max_price) == (Decimal("19.90"), Decimal("21.90"))
    medium, large = product.variants.select_related("stock")
    assert (medium.option_values, medium.compare_at_price, medium.weight_g) == (["M"], Decimal("25.00"), 250)
    assert (medium.barcode, medium.stock.on_hand, medium.stock.is_unlimited) == ("4006381333931", 7, False)
    assert (large.requires_shipping, large.taxable) == (False, False)


def test_importing_the_same_file_again_changes_nothing(tmp_path):
    file = write(
        tmp_path,
        shirt(option="Size", value="S", sku="", qty="4", type="Shirts"),
        row("shirt", value="M", price="21", qty="2"),
        shirt("hat"),
    )
    run(file)
    before = state()
    report = run(file)
    assert (report.products_created, report.products_updated) == (0, 2)
    assert state() == before


def test_a_changed_file_changes_the_product_and_its_variants(tmp_path):
    run(write(tmp_path, shirt(option="Size", value="S", sku="A"), row("shirt", value="M", sku="B", price="21")))
    kept = Variant.objects.get(sku="A").pk
    run(
        write(
            tmp_path,
            shirt(title="Finer shirt", option="Size", value="XS", sku="A"),
            row("shirt", value="L", sku="C", price="9"),
        )
    )
    assert Product.objects.get().title == "Finer shirt"
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["A", "C"]
    assert Variant.objects.get(sku="A").pk == kept


def test_a_dry_run_reports_the_same_and_changes_nothing(tmp_path):
    factories.product()
    file = write(
        tmp_path, shirt(), shirt("hat", price="free"), row("shirt", title=""), shirt("cap", type="Hats", qty="3")
    )
    before = state()
    trial = run(file, dry_run=True)
    assert state() == before
    real = run(file)
    assert (trial.rejected, trial.products_created, trial.variants) == (
        real.rejected,
        real.products_created,
        real.variants,
    )


def test_rows_of_one_product_that_are_not_together_are_one_product(tmp_path):
    file = write(
        tmp_path,
        shirt(option="Size", value="S", sku="A"),
        shirt("hat"),
        row("shirt", value="M", sku="B", price="21"),
    )
    report = run(file)
    assert (report.products_created, report.variants, report.rejected) == (2, 3, [])
    assert Product.objects.get(slug="shirt").variants.count() == 2


@pytest.mark.parametrize("value", ["Default Title", "Only one"])
def test_a_single_variant_under_title_means_no_options(tmp_path, value):
    run(write(tmp_path, shirt(option="Title", value=value)))
    product = Product.objects.get()
    assert (product.option_names, product.variants.get().option_values) == ([], [])


@pytest.mark.parametrize(
    ("values", "published"),
    [
        ({}, True),
        ({"Published": "false"}, False),
        ({"Status": "draft"}, False),
        ({"Published": "TRUE", "Status": "active"}, True),
    ],
)
def test_what_is_not_published_there_is_not_shown_here(tmp_path, values, published):
    run(write(tmp_path, shirt(**values)))
    assert Product.objects.get().published is published


def test_a_gift_card_is_kept_out_of_the_shop_and_noted(tmp_path):
    report = run(write(tmp_path, shirt(Gift_Card="true")))
    assert not Product.objects.get().published
    assert not Variant.objects.get().requires_shipping
    assert "gift card" in report.notes[0].text


def test_values_that_are_too_long_are_cut_and_noted(tmp_path):
    report = run(write(tmp_path, shirt(Vendor="v" * 130, SEO_Description="d" * 500, Variant_Barcode="1" * 65)))
    product = Product.objects.get()
    assert (len(product.vendor), len(product.seo_description), product.variants.get().barcode) == (120, 400, "")
    assert len(report.notes) == 3


def test_a_description_that_no_index_of_words_takes_is_cut_and_the_import_goes_on(tmp_path):
    picture = f'<img src="data:image/png;base64,{"A" * 200_000}">'
    file = write(
        tmp_path,
        shirt("long", body=" ".join(f"word{number:07}" for number in range(150_000))),
        shirt("pictured", body=f"<p>{picture}Soft</p>"),
        shirt("plain"),
    )
    report = run(file)
    assert (report.products_created, report.rejected) == (3, [])
    assert ["body is longer than 200000 characters" in note.text for note in report.notes] == [True]
    assert Product.objects.get(slug="long").body_html.startswith("word0000000 word0000001")
    assert Product.objects.get(slug="pictured").body_html == "<p>Soft</p>"


def test_types_with_arrows_become_a_branch_of_the_category_tree(tmp_path):
    run(write(tmp_path, shirt(type="Clothes > Shirts")))
    category = Product.objects.get().categories.get()
    assert (category.name, category.parent.name) == ("Shirts", "Clothes")


def test_the_headings_of_newer_exports_are_understood(tmp_path):
    header = ["Title", "URL handle", "Description", "SKU", "Price", "Inventory quantity", "Weight value (grams)"]
    file = write(
        tmp_path,
        {
            "Title": "Cup",
            "URL handle": "cup",
            "Description": "Round",
            "SKU": "C",
            "Price": "4",
            "Inventory quantity": "3",
        },
        header=header,
    )
    run(file)
    variant = Variant.objects.get(sku="C")
    assert (variant.product.body_html, variant.price, variant.stock.on_hand, variant.stock.tracked) == (
        "Round",
        Decimal(4),
        3,
        True,
    )


def test_metafields_become_attributes(tmp_path):
    heading = "Fabric (product.metafields.custom.fabric)"
    run(write(tmp_path, {**shirt(), heading: "Linen"}, header=[*HEADER, heading]))
    assert Product.objects.get().attributes == {"Fabric": "Linen"}


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_end_as_one(tmp_path):
    rows = []
    for number in range(30):
        rows.append(shirt(f"shirt-{number}", option="Size", value="S", sku="", qty="4", type=f"Type {number % 3}"))
        rows.append(row(f"shirt-{number}", value="M", price="5", qty="1"))
    file, reports = write(tmp_path, *rows), []

    def one():
        reports.append(run(file))
        connection.close()

    threads = [threading.Thread(target=one) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.rejected for report in reports] == [[], []]
    assert (Product.objects.count(), Variant.objects.count(), Category.objects.count()) == (30, 60, 3)
    assert sum(report.products_created for report in reports) == 30
    assert set(Variant.objects.values_list("stock__on_hand", flat=True)) == {1, 4}
