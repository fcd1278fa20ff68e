"""The columns of the Shopify product CSV. Exports of different years name them differently and leave some out."""

from collections.abc import Sequence

# Our name for a column: the headings it goes by, in lower case.
HEADINGS: dict[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "vendor": ("vendor",),
    "type": ("type", "product type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift_card": ("gift card",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
    "option1_name": ("option1 name",),
    "option1_value": ("option1 value",),
    "option2_name": ("option2 name",),
    "option2_value": ("option2 value",),
    "option3_name": ("option3 name",),
    "option3_value": ("option3 value",),
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "weight": ("variant weight",),
    "weight_unit": ("variant weight unit", "weight unit for display"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price", "compare at price"),
    "requires_shipping": ("variant requires shipping", "requires shipping"),
    "taxable": ("variant taxable", "charge tax"),
    "barcode": ("variant barcode", "barcode"),
    "image": ("image src", "product image url"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "variant_image": ("variant image", "variant image url"),
}
# Columns that become attributes of the product, beside the metafields.
ATTRIBUTES = {
    "google shopping / gender": "Gender",
    "google shopping / age group": "Age group",
    "google shopping / mpn": "MPN",
    "google shopping / condition": "Condition",
}
REQUIRED = {"handle": "Handle", "title": "Title", "price": "Variant Price"}
METAFIELD = " (product.metafields."  # "Fabric (product.metafields.custom.fabric)"

_NAMES = {heading: name for name, headings in HEADINGS.items() for heading in headings}


def names(header: Sequence[str]) -> list[str]:
    """Return our name for each heading: a key of HEADINGS, "attribute:<name>", or "" for what is not imported."""
    return [_name(heading.strip()) for heading in header]


def _name(heading: str) -> str:
    lower = heading.lower()
    if lower in ATTRIBUTES:
        return f"attribute:{ATTRIBUTES[lower]}"
    if METAFIELD in lower:
        return f"attribute:{heading[: lower.index(METAFIELD)].strip()}"
    return _NAMES.get(lower, "")


def missing(found: Sequence[str]) -> list[str]:
    """Return the headings without which nothing can be imported."""
    return [heading for name, heading in REQUIRED.items() if name not in found]
