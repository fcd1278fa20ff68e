"""Which pages a change of the catalogue outdates.

Pages name what they are made of with these tags (see shop.platform.pages); whoever changes the catalogue names the
same. A list depends on its category as a whole, since any product may enter or leave it, and not on other categories.
"""

from collections.abc import Iterable
from datetime import datetime

from shop.catalog.models import Category
from shop.catalog.tree import Node
from shop.platform import media, pages
from shop.platform.models import Image
from shop.platform.picture import Picture
from shop.platform.postgresql import planned

TREE = "tree"  # the categories themselves, which all pages show
EVERYTHING = "products"  # any product at all

# When the next product appears by itself, from the index product_newest. Statements that read for a page say it, too.
NEXT_PUBLICATION = """
SELECT next.published_at FROM catalog_product AS next
WHERE next.published AND next.published_at > %(now)s ORDER BY next.published_at LIMIT 1
"""


def product(product_id: int) -> str:
    """One product with its variants and pictures."""
    return f"product:{product_id}"


def inside(category: Category | Node | None) -> str:
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


def next_publication(began: datetime) -> datetime | None:
    """Return when the next product after `began` appears by itself; None if none is waiting.

    `began` is before the moment at which the products of the page were read, so that none appears in between.
    """
    rows = planned.rows(NEXT_PUBLICATION, {"now": began})
    return rows[0][0] if rows else None
