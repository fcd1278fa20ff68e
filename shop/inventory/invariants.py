"""What must be true of stock."""

from shop.platform.invariants import Invariant, by_sql

NEGATIVE = """
SELECT stock.id, variant.sku, stock.on_hand
FROM inventory_stock AS stock JOIN catalog_variant AS variant ON variant.id = stock.variant_id
WHERE stock.id > %(low)s AND stock.id <= %(high)s
  AND stock.on_hand < 0 AND stock.tracked AND NOT stock.allow_backorder
"""
LEDGER = """
SELECT variant.id, variant.sku, coalesce(stock.on_hand, 0), coalesce(ledger.pieces, 0)
FROM catalog_variant AS variant
LEFT JOIN inventory_stock AS stock ON stock.variant_id = variant.id
LEFT JOIN (
    SELECT variant_id, sum(change) AS pieces FROM inventory_stockmovement
    WHERE variant_id > %(low)s AND variant_id <= %(high)s GROUP BY variant_id
) AS ledger ON ledger.variant_id = variant.id
WHERE variant.id > %(low)s AND variant.id <= %(high)s
  AND coalesce(stock.on_hand, 0) <> coalesce(ledger.pieces, 0)
"""

INVARIANTS = [
    Invariant(
        name="stock-not-negative",
        rule="No stock is below zero, unless the variant is sold when empty or not counted.",
        table="inventory_stock",
        find=by_sql(NEGATIVE, "sku", "{0} pieces in stock"),
        advice="Count the pieces and correct the stock on the variant's page.",
    ),
    Invariant(
        name="stock-is-ledger",
        rule="A variant's stock is the sum of its movements.",
        table="catalog_variant",
        find=by_sql(LEDGER, "sku", "{0} pieces in stock, and movements of {1}"),
        advice="Something changed the stock without a movement. Count the pieces; then write the movement that is "
        "missing, or set the stock to the sum of the movements.",
    ),
]
