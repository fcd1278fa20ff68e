"""Changing the catalogue. Admin, import and demo all come through here."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from shop.catalog import derive, freshness
from shop.catalog.html import sanitized
from shop.catalog.models import Category, Product, ProductImage, Variant
from shop.errors import ShopError
from shop.platform.postgresql import planned

HOLD = "SELECT id FROM catalog_category WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR KEY SHARE"


class SkuTaken(ShopError):
    """A SKU belongs to a variant of another product."""

    code = "sku_taken"
    message = _("This SKU already belongs to another product.")


@dataclass(frozen=True)
class VariantData:
    """One variant as it should be. `option_values` is as long as the product's `option_names`; money includes tax."""

    sku: str
    price: Decimal
    option_values: tuple[str, ...] = ()
    compare_at_price: Decimal | None = None
    weight_g: int = 0
    barcode: str = ""
    requires_shipping: bool = True
    taxable: bool = True


@dataclass(frozen=True)
class ProductData:
    """One product as it should be, with all its variants. `body_html` may be anything: it is sanitized."""

    slug: str
    title: str
    variants: tuple[VariantData, ...]
    body_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    published: bool = True
    published_at: datetime | None = None
    tax_class: str = "standard"
    seo_title: str = ""
    seo_description: str = ""


@dataclass(frozen=True)
class ImageData:
    """One picture of a product; `sku` names the variant it shows, if it shows one."""

    image_id: int
    alt: str = ""
    sku: str = ""


@dataclass(frozen=True)
class Saved:
    """What save() did: the product, its variants by SKU, and whether it is new."""

    product: Product
    variants: dict[str, Variant]
    created: bool


def save(data: ProductData) -> Saved:
    """Create or update a product by its slug and its variants by SKU, in one transaction. Saving the same data twice
    changes nothing.

    Variants that are not in `data` are removed. Raises SkuTaken.
    """
    with transaction.atomic():
        _hold(data.categories)
        product, created = _save_product(data)
        variants = _save_variants(product, data.variants)
        if data.categories:
            product.categories.set(data.categories)
        (product,) = refresh([product.pk])
    return Saved(product, variants, created)


def _hold(categories: Sequence[Category]) -> None:
    """Keep categories and those above them where they are until the transaction ends.

    Whoever moves or removes one waits for this product, or this waits for the new tree, since the product repeats the
    tree. First of all locks: who changes the tree goes on to the products.
    """
    if categories:
        ancestors = derive.category_ancestors()
        line = sorted({pk for category in categories for pk in ancestors.get(category.pk, [])})
        planned.anew(HOLD, {"ids": line})


def _save_product(data: ProductData) -> tuple[Product, bool]:
    values: dict[str, Any] = {
        "title": data.title,
        "body_html": sanitized(data.body_html),
        "vendor": data.vendor,
        "product_type": data.product_type,
        "tags": list(data.tags),
        "option_names": list(data.option_names),
        "attributes": data.attributes,
        "published": data.published,
        "tax_class": data.tax_class,
        "seo_title": data.seo_title,
        "seo_description": data.seo_description,
    }
    if data.published_at:
        values["published_at"] = data.published_at
    return Product.objects.update_or_create(slug=data.slug, defaults=values)


def _save_variants(product: Product, wanted: Sequence[VariantData]) -> dict[str, Variant]:
    by_sku = {variant.sku: variant for variant in Variant.objects.filter(sku__in=[data.sku for data in wanted])}
    for variant in by_sku.values():
        if variant.product_id != product.pk:
            raise SkuTaken(
                _("The SKU %(sku)s already belongs to another product.") % {"sku": variant.sku}, sku=variant.sku
            )
    Variant.objects.filter(product=product).exclude(sku__in=by_sku).delete()
    rows = [_variant(product, data, position, by_sku.get(data.sku)) for position, data in enumerate(wanted)]
    _set_aside_values([row for row in rows if row.pk])
    Variant.objects.bulk_create([row for row in rows if not row.pk])
    Variant.objects.bulk_update([row for row in rows if row.sku in by_sku], VARIANT_FIELDS)
    return {row.sku: row for row in rows}


VARIANT_FIELDS = [
    "option_values", "price", "compare_at_price", "weight_g", "barcode", "position", "requires_shipping", "taxable",
]  # fmt: skip


def _set_aside_values(rows: list[Variant]) -> None:
    """Make room when two variants swap their option values: their combination is unique at every moment."""
    stored = dict(Variant.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "option_values"))
    moved = [row for row in rows if stored[row.pk] != list(row.option_values)]
    for row in moved:
        Variant.objects.filter(pk=row.pk).update(option_values=[f"#{row.pk}"])


def _variant(product: Product, data: VariantData, position: int, variant: Variant | None) -> Variant:
    variant = variant or Variant(product=product, sku=data.sku)
    variant.option_values = list(data.option_values)
    variant.price = data.price
    higher = data.compare_at_price is not None and data.compare_at_price > data.price
    variant.compare_at_price = data.compare_at_price if higher else None
    variant.weight_g = data.weight_g
    variant.barcode = data.barcode
    variant.position = position
    variant.requires_shipping = data.requires_shipping
    variant.taxable = data.taxable
    return variant


def set_images(product: Product, images: Iterable[ImageData]) -> None:
    """Make these the pictures of a product, in this order, in one transaction. Setting the same again changes nothing.

    Each is shown once for the product and once for each variant. If no variant has its SKU, it is the product's.
    """
    variants = dict(product.variants.values_list("sku", "pk"))
    wanted: dict[tuple[int | None, int], str] = {}
    for image in images:
        wanted.setdefault((variants.get(image.sku), image.image_id), image.alt[:512])
    with transaction.atomic():
        hanging = product.images.order_by("position", "id").values_list("variant_id", "image_id", "alt")
        if list(hanging) != [(*which, alt) for which, alt in wanted.items()]:
            _hang(product, wanted)


def _hang(product: Product, wanted: Mapping[tuple[int | None, int], str]) -> None:
    product.images.all().delete()
    rows = [
        ProductImage(product=product, variant_id=variant_id, image_id=image_id, position=position, alt=alt)
        for position, ((variant_id, image_id), alt) in enumerate(wanted.items())
    ]
    ProductImage.objects.bulk_create(rows, ignore_conflicts=True)
    freshness.products_changed([product.pk], product.facets)


def publish(product_ids: Sequence[int], *, published: bool) -> int:
    """Show products in the shop, or hide them. Returns how many were the other way before."""
    with transaction.atomic():
        touched(product_ids)
        others = Product.objects.filter(pk__in=product_ids, published=not published)
        return others.update(published=published, updated_at=timezone.now())


def touched(product_ids: Sequence[int]) -> None:
    """Outdate the pages of products that are about to be changed or removed, in the caller's transaction."""
    rows = dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "facets"))
    freshness.products_changed(rows, (facet for facets in rows.values() for facet in facets))


def category(path: Sequence[str]) -> Category:
    """Return the category with these names from the root down, making what is missing."""
    node: Category | None = None
    for depth, name in enumerate(path, 1):
        parent = node
        node = Category.objects.filter(parent=parent, name=name).first()
        if node is None:
            slug = _category_slug(path[:depth])
            node, _created = Category.objects.get_or_create(parent=parent, name=name, defaults={"slug": slug})
            freshness.tree_changed()
    if node is None:
        raise ValueError("a category needs at least one name")
    return node


def _category_slug(path: Sequence[str]) -> str:
    """Make an address of the names; with a digest if it is taken, or if they hold no Latin letters."""
    slug = slugify("-".join(path))[:120]
    if slug and not Category.objects.filter(slug=slug).exists():
        return slug
    digest = hashlib.sha256("\0".join(path).encode()).hexdigest()[:8]
    return f"{slug or 'category'}-{digest}"


@transaction.atomic(savepoint=False)
def refresh(product_ids: Sequence[int]) -> list[Product]:
    """Recompute what Product repeats of its variants and categories; return the products.

    Call it in the transaction that changed those. It locks the products before it reads what they repeat: of two who
    change variants of one product at once, or its categories, the second sees what the first has saved.
    """
    locked = Product.objects.select_for_update(no_key=True).filter(pk__in=product_ids).order_by("pk")
    products = list(locked.prefetch_related("variants", "categories"))
    ancestors = derive.category_ancestors()
    before = {facet for product in products for facet in product.facets}
    for product in products:
        derive.fill(product, ancestors)
        product.updated_at = timezone.now()
    Product.objects.bulk_update(products, [*derive.FIELDS, "updated_at"])
    after = {facet for product in products for facet in product.facets}
    freshness.products_changed([product.pk for product in products], before | after)
    return products
