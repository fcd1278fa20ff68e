"""One product with all that its page shows: one row, from one statement for any number of variants and pictures.

It is no model instance: nothing of it is loaded later.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from django.utils import timezone

from shop.catalog import tree
from shop.catalog.freshness import NEXT_PUBLICATION
from shop.catalog.shown import Shown
from shop.catalog.tree import Node
from shop.platform import picture
from shop.platform.picture import Picture
from shop.platform.postgresql import planned


class DetailVariant(NamedTuple):
    """One variant. `left`: how many can be bought now; None for no limit, 0 also where there is no row of stock."""

    pk: int
    sku: str
    option_values: list[str]
    price: Decimal
    compare_at_price: Decimal | None
    left: int | None

    @property
    def label(self) -> str:
        """The option values as one line; empty for the only variant of a product without options."""
        return " / ".join(self.option_values)

    @property
    def on_sale(self) -> bool:
        return self.compare_at_price is not None and self.compare_at_price > self.price

    @property
    def is_available(self) -> bool:
        return self.left != 0


class DetailPicture(NamedTuple):
    """A picture, and the variant that it shows, if it shows one."""

    image: Picture
    variant_id: int | None

    @property
    def image_id(self) -> int:
        return self.image.pk

    @property
    def alt(self) -> str:
        return self.image.alt


class DetailCategory(NamedTuple):
    id: int
    slug: str
    name: str


class Columns(NamedTuple):
    pk: int
    slug: str
    title: str
    vendor: str
    product_type: str
    body_html: str
    description: str
    tags: list[str]
    option_names: list[str]
    attributes: dict[str, str]
    seo_title: str
    seo_description: str
    published_at: datetime
    min_price: Decimal
    max_price: Decimal
    compare_at_price: Decimal | None
    until: datetime | None
    variants: list[DetailVariant]
    pictures: list[DetailPicture]
    categories: list[DetailCategory]


class Detail(Shown, Columns):
    """A public product. `body_html` is safe HTML, `description` its text on one line.

    `until`: when the next product is published by itself; lists on the page are true until then.
    `variants`, `pictures` and `categories` (those it was put into, not their ancestors) are in the shop's order.
    """

    __slots__ = ()

    @property
    def available(self) -> bool:
        """At least one variant can be bought now."""
        return any(variant.is_available for variant in self.variants)

    @property
    def cover(self) -> Picture | None:
        return self.pictures[0].image if self.pictures else None


VARIANTS = """
SELECT json_agg(json_build_array(
    variant.id, variant.sku, variant.option_values, variant.price::text, variant.compare_at_price::text,
    CASE
        WHEN stock.id IS NULL THEN 0
        WHEN stock.tracked AND NOT stock.allow_backorder THEN greatest(0, stock.on_hand)
    END
) ORDER BY variant.position, variant.id)
FROM catalog_variant AS variant LEFT JOIN inventory_stock AS stock ON stock.variant_id = variant.id
WHERE variant.product_id = product.id
"""
PICTURES = f"""
SELECT json_agg(json_build_array(shown.variant_id, shown.alt, {picture.COLUMNS}) ORDER BY shown.position, shown.id)
FROM catalog_productimage AS shown JOIN platform_image AS image ON image.id = shown.image_id
WHERE shown.product_id = product.id
"""  # noqa: S608 - texts of ours
CATEGORIES = """
SELECT json_agg(json_build_array(category.id, category.slug, category.name) ORDER BY category.position, category.name)
FROM catalog_product_categories AS put JOIN catalog_category AS category ON category.id = put.category_id
WHERE put.product_id = product.id
"""
READ = f"""
SELECT
    product.id, product.slug::text, product.title::text, product.vendor::text, product.product_type::text,
    product.body_html::text, product.description::text, product.tags::text[], product.option_names::text[],
    product.attributes::text, product.seo_title::text, product.seo_description::text, product.published_at,
    product.min_price::numeric, product.max_price::numeric, product.compare_at_price::numeric,
    ({NEXT_PUBLICATION}), ({VARIANTS})::text, ({PICTURES})::text, ({CATEGORIES})::text
    <beside>
FROM catalog_product AS product
WHERE product.slug = %(slug)s
"""  # noqa: S608 - texts of ours
BESIDE = f", ({tree.TREE})::text"
READ_PUBLIC = f"{READ} AND product.published AND product.published_at <= %(now)s"


def find(slug: str, *, hidden: bool = False) -> Detail | None:
    """Return what the product's page shows; None for what is not public, unless `hidden` asks for that, too."""
    row = _row(slug, hidden=hidden)
    return _detail(row) if row else None


def find_with_tree(slug: str, *, hidden: bool = False) -> tuple[Detail, tuple[Node, ...]] | None:
    """The same, and all categories by the same statement."""
    row = _row(slug, BESIDE, hidden=hidden)
    return (_detail(row), tree.nodes_of(row[-1])) if row else None


def _row(slug: str, beside: str = "", *, hidden: bool) -> Sequence[Any] | None:
    if "\x00" in slug:
        return None
    statement = (READ if hidden else READ_PUBLIC).replace("<beside>", beside)
    rows = planned.rows(statement, {"slug": slug, "described": "", "now": timezone.now()})
    return rows[0] if rows else None


def _detail(row: Sequence[Any]) -> Detail:
    attributes, (variants, pictures, categories) = orjson.loads(row[9]), map(_list, row[17:20])
    return Detail._make(
        (
            *row[:9],
            attributes,
            *row[10:17],
            [_variant(each) for each in variants],
            [_picture(each) for each in pictures],
            [DetailCategory._make(each) for each in categories],
        )
    )


def _list(text: str | None) -> list[Any]:
    """json_agg says NULL for no rows."""
    found: list[Any] = orjson.loads(text) if text else []
    return found


def _variant(columns: list[Any]) -> DetailVariant:
    pk, sku, option_values, price, before, left = columns
    return DetailVariant(pk, sku, option_values, Decimal(price), None if before is None else Decimal(before), left)


def _picture(columns: list[Any]) -> DetailPicture:
    variant_id, alt, *image = columns
    shown = picture.read(image, alt=alt)
    assert shown is not None  # noqa: S101 - the image is joined, not looked for
    return DetailPicture(shown, variant_id)
