"""The rows of catalog_placement, looked at: a trigger writes them with each change of a product (migration 0005)."""

from collections.abc import Sequence

from django.db import connection, transaction

from shop.catalog.models import Product

WANTED = (
    "SELECT product.id, place.category_id, product.published_at FROM catalog_product AS product, "
    "LATERAL catalog_places(product.facets) AS place WHERE product.published"
)
MISPLACED = f"""
WITH wanted AS ({WANTED} AND product.id > %(low)s AND product.id <= %(high)s), kept AS (
    SELECT product_id, category_id, published_at FROM catalog_placement
    WHERE product_id > %(low)s AND product_id <= %(high)s
), wrong AS (
    (SELECT * FROM wanted EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM wanted)
)
SELECT DISTINCT wrong.id, coalesce(product.slug, '') FROM wrong LEFT JOIN catalog_product AS product USING (id)
ORDER BY 1
"""  # noqa: S608 - of constants
REMOVE = "DELETE FROM catalog_placement WHERE product_id = ANY(%s)"
PLACE = f"INSERT INTO catalog_placement (product_id, category_id, published_at) {WANTED} AND product.id = ANY(%s)"


def misplaced(low: int, high: int) -> list[tuple[int, str]]:
    """Return (id, slug) of products with an id above `low` up to `high` that are not where their facets say."""
    with connection.cursor() as cursor:
        cursor.execute(MISPLACED, {"low": low, "high": high})
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


def place(product_ids: Sequence[int]) -> None:
    """Place products anew, within a lock on them: whoever changes one at the same time waits, and is waited for."""
    ids = list(product_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        list(Product.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
        cursor.execute(REMOVE, [ids])
        cursor.execute(PLACE, [ids])
