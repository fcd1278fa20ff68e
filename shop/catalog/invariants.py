"""What must be true of the catalogue."""

import copy
from collections.abc import Iterator, Sequence

from shop.catalog import derive, placement, services, tally
from shop.catalog.models import Product
from shop.platform.invariants import Invariant, Violation


def _stale(low: int, high: int) -> Iterator[Violation]:
    """Compare what each product repeats of its variants and categories with what it would repeat now.

    Tags and vendors among its facets are those of an older release: nothing reads them, and the next save removes them.
    """
    ancestors = derive.category_ancestors()
    products = Product.objects.filter(pk__gt=low, pk__lte=high).prefetch_related("variants", "categories")
    for stored in products.order_by("pk"):
        stored.facets = [facet for facet in stored.facets if facet.startswith(derive.FACETS)]
        fresh = copy.copy(stored)
        derive.fill(fresh, ancestors)
        stale = [name for name in derive.FIELDS if getattr(stored, name) != getattr(fresh, name)]
        if stale:
            yield Violation(stored.pk, f"product {stored.slug}", f"out of date: {', '.join(stale)}")


def _miscounted(low: int, high: int) -> Iterator[Violation]:
    """Compare the kept counts with the products. All at once, with the first batch: they are about everything."""
    if low < (Product.objects.order_by("pk").values_list("pk", flat=True).first() or 0):
        for (scope, key), n in sorted(tally.difference().items()):
            yield Violation(0, f"count {key} of {scope}", f"wrong by {-n:+d}")


def _recount(_ids: Sequence[int]) -> None:
    tally.correct(tally.difference())


def _misplaced(low: int, high: int) -> Iterator[Violation]:
    for pk, slug in placement.misplaced(low, high):
        yield Violation(pk, f"product {slug}", "in a category's list that it is not of, or missing from its own")


INVARIANTS = [
    Invariant(
        name="product-repeats-its-variants",
        rule="What a product repeats of its variants and categories is what these say.",
        table="catalog_product",
        find=_stale,
        advice="Run `manage.py fsck --repair`: it computes these fields anew.",
        repair=services.refresh,
    ),
    Invariant(
        name="counts-are-those-of-the-products",
        rule="The counts beside lists are what counting the products gives.",
        table="catalog_product",
        find=_miscounted,
        advice="Run `manage.py fsck --repair`: it counts anew.",
        repair=_recount,
    ),
    Invariant(
        name="lists-have-their-products",
        rule="The list of a category has the published products of it and of what is below, and no others.",
        table="catalog_product",
        find=_misplaced,
        advice="Run `manage.py fsck --repair`: it places them anew.",
        repair=placement.place,
    ),
]
