"""Which picture shows a variant."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar


class WithOptions(Protocol):
    """A variant."""

    @property
    def pk(self) -> int: ...

    @property
    def option_values(self) -> Sequence[str]: ...


class OfVariant(Protocol):
    """A picture that may show a variant."""

    @property
    def variant_id(self) -> int | None: ...


P = TypeVar("P", bound=OfVariant)


def of_variant(variant: WithOptions, shown: Sequence[P], variants: Mapping[int, WithOptions]) -> P | None:
    """Return the variant's own picture, else that of the variant most like it, else the product's first. No query.

    Merchants give one picture to a colour, on one of its sizes: the other sizes share its value and so find it.
    `shown` are the product's pictures in order; `variants` holds at least those that have a picture, by id.
    """
    pictured = [image for image in shown if image.variant_id in variants]
    best = max(pictured, key=lambda image: _likeness(variant, variants[image.variant_id or 0]), default=None)
    if best is None or not _likeness(variant, variants[best.variant_id or 0]):
        return next(iter(shown), None)
    return best


# The same rule as a subquery of a statement that joins `variant`, for carts: the picture's `image_id` and `alt`.
BEST = """
    SELECT picture.image_id, picture.alt
    FROM catalog_productimage AS picture LEFT JOIN catalog_variant AS pictured ON pictured.id = picture.variant_id
    WHERE picture.product_id = variant.product_id
    ORDER BY CASE
        WHEN pictured.id = variant.id THEN cardinality(variant.option_values) + 1
        ELSE (
            SELECT count(*) FROM unnest(variant.option_values, pictured.option_values) AS option(one, other)
            WHERE one = other
        )
    END DESC, picture.position, picture.id
    LIMIT 1
"""


def _likeness(one: WithOptions, other: WithOptions) -> int:
    """How many option values two variants share; more than any number of them for the same variant."""
    if one.pk == other.pk:
        return len(one.option_values) + 1
    return sum(a == b for a, b in zip(one.option_values, other.option_values, strict=False))
