"""Saving products: by slug and SKU, the same data twice changes nothing, HTML arrives harmless."""

from decimal import Decimal

import pytest
from django.db import transaction

from shop.catalog import invariants
from shop.catalog import services as catalog
from shop.catalog.models import Product, Variant
from shop.catalog.services import ProductData, VariantData
from tests.at_once import second

pytestmark = pytest.mark.django_db


def data(*skus: str, slug: str = "lamp", **fields: object) -> ProductData:
    variants = tuple(
        VariantData(sku=sku, price=Decimal(number + 10), option_values=(sku,)) for number, sku in enumerate(skus)
    )
    return ProductData(slug=slug, title="Lamp", option_names=("Size",), variants=variants, **fields)


def test_saving_twice_makes_one_product_and_keeps_the_variants():
    first, second = catalog.save(data("S", "M")), catalog.save(data("S", "M"))
    assert (first.created, second.created) == (True, False)
    assert {sku: variant.pk for sku, variant in first.variants.items()} == {
        sku: variant.pk for sku, variant in second.variants.items()
    }


def test_what_lists_need_is_kept_with_the_product():
    product = catalog.save(data("S", "M", vendor="Norte", tags=("calm",))).product
    assert (product.min_price, product.max_price) == (Decimal(10), Decimal(11))
    assert product.facets == ["o:size:M", "o:size:S"]


def test_tags_and_vendors_that_a_release_before_wrote_to_facets_are_gone_after_the_next_save():
    saved = catalog.save(data("S")).product
    Product.objects.update(facets=[*saved.facets, "tag:calm", "vendor:Norte"])
    assert not list(invariants.INVARIANTS[0].find(0, saved.pk)), "nothing reads them"
    assert catalog.save(data("S")).product.facets == saved.facets
    Product.objects.update(facets=["o:size:L"])
    assert list(invariants.INVARIANTS[0].find(0, saved.pk))


def test_variants_that_are_gone_are_removed():
    catalog.save(data("S", "M"))
    catalog.save(data("M"))
    assert list(Variant.objects.values_list("sku", flat=True)) == ["M"]


def test_two_variants_may_swap_their_options():
    catalog.save(data("S", "M"))
    swapped = (VariantData("S", Decimal(1), ("M",)), VariantData("M", Decimal(2), ("S",)))
    catalog.save(ProductData(slug="lamp", title="Lamp", option_names=("Size",), variants=swapped))
    assert dict(Variant.objects.values_list("sku", "option_values")) == {"S": ["M"], "M": ["S"]}


def test_a_sku_of_another_product_is_refused_and_nothing_changes():
    catalog.save(data("S"))
    with pytest.raises(catalog.SkuTaken, match="SKU S"):
        catalog.save(data("S", slug="other"))
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p onclick='x()'>Hi</p>", "<p>Hi</p>"),
        ("<script>alert(1)</script>Hi", "Hi"),
        ("<a href='javascript:x()'>Hi</a>", '<a rel="noopener noreferrer">Hi</a>'),
        ("<img src=x onerror=y>Hi", "Hi"),
        ("<iframe src='//evil'></iframe>Hi", "Hi"),
        ("<b>open", "<b>open</b>"),
        ("<style>p{}</style><p style='color:red'>Hi</p>", "<p>Hi</p>"),
    ],
)
def test_html_of_merchants_arrives_harmless(dirty, clean):
    assert catalog.save(data("S", body_html=dirty)).product.body_html == clean


def test_a_price_before_that_is_not_higher_is_no_reduction():
    variants = (VariantData("S", Decimal(10), compare_at_price=Decimal(10)),)
    product = catalog.save(ProductData(slug="lamp", title="Lamp", variants=variants)).product
    assert product.compare_at_price is None
    assert not product.on_sale


def test_a_category_is_found_by_its_names_and_its_address_is_its_own():
    a, b = catalog.category(["Rugs", "A & B"]), catalog.category(["Rugs", "A B"])
    greek, thai = catalog.category(["Χαλιά"]), catalog.category(["พรม"])
    book, shelf = catalog.category(["本/雑誌"]), catalog.category(["本", "雑誌"])
    assert len({each.slug for each in (a, b, greek, thai, book, shelf)}) == 6
    assert catalog.category(["Rugs", "A B"]) == b
    assert catalog.category(["พรม"]) == thai
    assert b.parent == a.parent == catalog.category(["Rugs"])


def priced(variant: Variant, price: str) -> None:
    """As the admin saves one of a product's variants."""
    with transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(price=Decimal(price))
        catalog.refresh([variant.product_id])


@pytest.mark.django_db(transaction=True)
def test_new_prices_of_two_variants_at_once_are_both_repeated_by_their_product():
    saved = catalog.save(data("small", "large")).variants
    second(lambda: priced(saved["small"], "5"), priced, variant=saved["large"], price="50")
    product = Product.objects.get()
    assert (product.min_price, product.max_price) == (5, 50)
    catalog.refresh([product.pk])  # as `fsck --repair` does, outside any transaction
