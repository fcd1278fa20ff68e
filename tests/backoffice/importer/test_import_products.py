"""What an import makes of a file."""

import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shop.backoffice.importer import reader
from shop.backoffice.importer.run import Import, Options
from shop.catalog.models import Category, Product, Variant
from shop.inventory import services as inventory
from shop.inventory.models import StockMovement
from tests import factories
from tests.backoffice.importer.files import HEADER, row, shirt, write

pytestmark = pytest.mark.django_db


def run(file, **options):
    return Import(file, Options(**options)).run(reader.overview(file))


def rejected(report):
    return [(remark.line, remark.text) for remark in report.rejected]


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


def test_two_handles_that_come_to_one_address_are_told_apart(tmp_path):
    report = run(write(tmp_path, shirt("Blue Shirt"), shirt("blue-shirt", sku="other")))
    assert rejected(report) == [(3, "its handle stands for the same product as that on line 2")]
    assert Product.objects.get().slug == "blue-shirt"


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


@pytest.mark.parametrize("value", ["Default Title", "Only one"])
def test_a_single_variant_under_title_means_no_options(tmp_path, value):
    run(write(tmp_path, shirt(option="Title", value=value)))
    product = Product.objects.get()
    assert (product.option_names, product.variants.get().option_values) == ([], [])


@pytest.mark.parametrize(
    ("tracker", "quantity", "policy", "expected"),
    [
        ("shopify", "5", "deny", (5, True, False)),
        ("shopify", "-2", "continue", (-2, True, True)),
        ("shopify", "-2", "deny", (0, True, False)),
        ("", "1", "deny", (1, False, False)),
        ("shopify", "", "", (0, True, False)),
    ],
)
def test_stock_follows_tracker_quantity_and_policy(tmp_path, tracker, quantity, policy, expected):
    values = {"Variant_Inventory_Tracker": tracker, "Variant_Inventory_Policy": policy}
    run(write(tmp_path, shirt(qty=quantity, **values)))
    stock = Variant.objects.get().stock
    assert (stock.on_hand, stock.tracked, stock.allow_backorder) == expected


def test_what_was_sold_since_stays_sold_unless_the_stock_is_asked_for(tmp_path):
    file = write(tmp_path, shirt(qty="5", Variant_Inventory_Tracker="shopify"))
    run(file)
    variant = Variant.objects.get()
    inventory.take({variant.pk: 2}, reference="sold")
    run(file)
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 3
    run(file, set_stock=True)
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 5


def test_a_stock_that_is_owed_stays_on_back_order_and_the_report_says_so(tmp_path):
    tracked = {"Variant_Inventory_Tracker": "shopify"}
    run(
        write(
            tmp_path, shirt(qty="-3", Variant_Inventory_Policy="continue", **tracked), shirt("hat", qty="1", **tracked)
        )
    )
    report = run(write(tmp_path, shirt(Variant_Inventory_Policy="deny", **tracked), shirt("hat", qty="1")))
    assert [note.line for note in report.notes] == [2]
    assert Variant.objects.get(product__slug="shirt").stock.allow_backorder
    assert not Variant.objects.get(product__slug="hat").stock.tracked


FAILS_ONCE = """
CREATE SEQUENCE tries;
CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('tries') = 1 THEN RAISE serialization_failure; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fails_once BEFORE INSERT OR UPDATE ON inventory_stock FOR EACH ROW WHEN (NEW.on_hand = -4)
    EXECUTE FUNCTION fail_once();
"""


def test_what_is_done_again_is_reported_once(tmp_path):
    tracked = {"Variant_Inventory_Tracker": "shopify"}
    run(write(tmp_path, shirt(qty="-3", Variant_Inventory_Policy="continue", **tracked)))
    with connection.cursor() as cursor:
        cursor.execute(FAILS_ONCE)
    owed = shirt(Variant_Inventory_Policy="deny", **tracked)
    report = run(write(tmp_path, owed, shirt("hat", qty="-4", Variant_Inventory_Policy="continue", **tracked)))
    assert Variant.objects.get(product__slug="hat").stock.on_hand == -4
    assert [note.line for note in report.notes] == [2]


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


class TestTheCommand:
    def test_it_prints_what_was_rejected_and_ends_with_1(self, tmp_path, capsys):
        file = write(tmp_path, shirt(), shirt("odd", price="x"))
        with pytest.raises(SystemExit) as ended:
            call_command("import_products", str(file), "--no-fetch")
        assert ended.value.code == 1
        printed = capsys.readouterr().out
        assert "Line 3 (odd): the price “x” is not a number" in printed
        assert "Products created" in printed

    def test_it_ends_well_when_all_rows_were_imported(self, tmp_path, capsys):
        call_command("import_products", str(write(tmp_path, shirt())), "--no-fetch")
        assert Product.objects.count() == 1

    def test_a_dry_run_says_so(self, tmp_path, capsys):
        call_command("import_products", str(write(tmp_path, shirt())), "--no-fetch", "--dry-run")
        assert "Nothing was changed" in capsys.readouterr().out
        assert Product.objects.count() == 0

    def test_it_ends_with_2_when_nothing_can_be_read(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read") as refused:
            call_command("import_products", str(tmp_path / "missing.csv"))
        assert refused.value.returncode == 2

    def test_a_directory_of_pictures_has_to_be_one(self, tmp_path):
        with pytest.raises(CommandError, match="is not a directory"):
            call_command("import_products", str(write(tmp_path, shirt())), "--images", str(tmp_path / "nowhere"))
