"""Which picture shows a variant."""

from collections.abc import Mapping, Sequence

from shop.catalog.models import ProductImage, Variant


def of_variant(variant: Variant, shown: Sequence[ProductImage], variants: Mapping[int, Variant]) -> ProductImage | None:
    """Return the variant's own picture, else that of the variant most like it, else the product's first. No query.

    Merchants give one picture to a colour, on one of its sizes: the other sizes share its value and so find it.
    `shown` are the product's pictures in order; `variants` holds at least those that have a picture, by id.
    """
    pictured = [image for image in shown if image.variant_id in variants]
    best = max(pictured, key=lambda image: _likeness(variant, variants[image.variant_id or 0]), default=None)
    if best is None or not _likeness(variant, variants[best.variant_id or 0]):
        return next(iter(shown), None)
    return best


def of_line(variant: Variant) -> ProductImage | None:
    """The same for a variant in a cart, whose product's pictures are preloaded with the variants they show."""
    shown = list(variant.product.images.all())
    return of_variant(variant, shown, {image.variant.pk: image.variant for image in shown if image.variant})


def _likeness(one: Variant, other: Variant) -> int:
    """How many option values two variants share; more than any number of them for the same variant."""
    if one.pk == other.pk:
        return len(one.option_values) + 1
    return sum(a == b for a, b in zip(one.option_values, other.option_values, strict=False))
