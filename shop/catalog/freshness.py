"""Which pages a change of the catalogue makes untrue.

Pages name what they are made of with these tags (see shop.platform.pages); whoever changes the catalogue names the
same. A list depends on its category as a whole, since any product may enter or leave it, and not on other categories.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from shop.catalog.models import Category
from shop.platform import media, pages
from shop.platform.models import Image
from shop.platform.picture import Picture

TREE = "tree"  # the categories themselves, which all pages show
EVERYTHING = "products"  # any product at all

# Asked for each page that is made, so it is spared the making of a statement. From the index product_newest.
NEXT_PUBLICATION = """
SELECT published_at FROM catalog_product WHERE published AND published_at > %s ORDER BY published_at LIMIT 1
"""


def product(product_id: int) -> str:
    """One product with its variants and pictures."""
    return f"product:{product_id}"


def inside(category: Category | None) -> str:
    """The products of a category and its branches; of all categories for None."""
    return f"c:{category.pk}" if category else EVERYTHING


def pictures(shown: Iterable[Image | Picture | None]) -> set[str]:
    """Return tags for those of the pictures that are not ready yet."""
    return {media.readiness(each.pk) for each in shown if each and not each.is_ready}


def products_changed(product_ids: Iterable[int], facets: Iterable[str]) -> None:
    """Outdate the pages of these products and the lists they are or were in, in the caller's transaction.

    `facets` are theirs, of before and after the change.
    """
    tags = {product(pk) for pk in product_ids}
    if tags:
        pages.outdate({*tags, EVERYTHING, *(facet for facet in facets if facet.startswith("c:"))})


def tree_changed() -> None:
    """Outdate what shows categories: everything."""
    pages.outdate([TREE])


def next_publication() -> datetime | None:
    """Return when the next product appears by itself; None if none is waiting."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_PUBLICATION, [timezone.now()])
        row = cursor.fetchone()
    return row[0] if row else None
