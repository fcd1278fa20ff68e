"""What must be true of the catalogue."""

import copy
from collections.abc import Iterator

from shop.catalog import derive, services
from shop.catalog.models import Product
from shop.platform.invariants import Invariant, Violation


def _stale(low: int, high: int) -> Iterator[Violation]:
    """Compare what each product repeats of its variants and categories with what it would repeat now."""
    ancestors = derive.category_ancestors()
    products = Product.objects.filter(pk__gt=low, pk__lte=high).prefetch_related("variants", "categories")
    for stored in products.order_by("pk"):
        fresh = copy.copy(stored)
        derive.fill(fresh, ancestors)
        stale = [name for name in derive.FIELDS if getattr(stored, name) != getattr(fresh, name)]
        if stale:
            yield Violation(stored.pk, f"product {stored.slug}", f"out of date: {', '.join(stale)}")


INVARIANTS = [
    Invariant(
        name="product-repeats-its-variants",
        rule="What a product repeats of its variants and categories is what these say.",
        table="catalog_product",
        find=_stale,
        advice="Run `manage.py fsck --repair`: it computes these fields anew.",
        repair=services.refresh,
    ),
]
