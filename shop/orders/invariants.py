"""What must be true of orders."""

from shop.platform.invariants import Invariant, by_sql

LINES = """
SELECT orders.id, orders.number, count(line.id), coalesce(sum(line.total), 0), orders.subtotal,
    count(line.id) FILTER (WHERE line.total <> line.unit_price * line.quantity)
FROM orders_order AS orders LEFT JOIN orders_orderline AS line ON line.order_id = orders.id
WHERE orders.id > %(low)s AND orders.id <= %(high)s
GROUP BY orders.id
HAVING count(line.id) = 0 OR sum(line.total) <> orders.subtotal
    OR bool_or(line.total <> line.unit_price * line.quantity)
"""
TOTAL = """
SELECT id, number, subtotal, shipping_price, discount, total FROM orders_order
WHERE id > %(low)s AND id <= %(high)s AND (total <> subtotal + shipping_price - discount OR total < 0)
"""
# What is not of the lines is of delivery.
DISCOUNT = """
SELECT orders.id, orders.number, orders.discount, sum(line.discount), orders.shipping_price
FROM orders_order AS orders JOIN orders_orderline AS line ON line.order_id = orders.id
WHERE orders.id > %(low)s AND orders.id <= %(high)s
GROUP BY orders.id
HAVING orders.discount - sum(line.discount) NOT BETWEEN 0 AND orders.shipping_price
    OR bool_or(line.discount NOT BETWEEN 0 AND line.total)
"""
# The rate at which delivery was taxed is not stored, so of its tax only the bounds are known.
TAX = """
SELECT orders.id, orders.number, orders.tax_total, sum(line.tax), orders.shipping_price
FROM orders_order AS orders JOIN orders_orderline AS line ON line.order_id = orders.id
WHERE orders.id > %(low)s AND orders.id <= %(high)s
GROUP BY orders.id
HAVING orders.tax_total - sum(line.tax) NOT BETWEEN 0 AND orders.shipping_price
    OR bool_or(line.tax <> round((line.total - line.discount) * line.tax_rate / (100 + line.tax_rate), 2))
"""
MOMENTS = """
SELECT orders.id, orders.number, orders.state FROM orders_order AS orders
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND (
    orders.state = 'placed' AND num_nonnulls(paid_at, shipped_at, cancelled_at) > 0
    OR orders.state = 'paid' AND (paid_at IS NULL OR num_nonnulls(shipped_at, cancelled_at) > 0)
    OR orders.state = 'shipped' AND (num_nulls(paid_at, shipped_at) > 0 OR cancelled_at IS NOT NULL)
    OR orders.state = 'cancelled' AND (cancelled_at IS NULL OR shipped_at IS NOT NULL)
    OR NOT EXISTS (
        SELECT FROM orders_orderevent AS event WHERE event.order_id = orders.id AND event.state = orders.state
    )
)
"""
# What was sold: the ledger and the orders must say the same of each variant, in both directions.
SOLD = """
SELECT variant.id, variant.sku, coalesce(ordered.pieces, 0), coalesce(ledger.pieces, 0)
FROM catalog_variant AS variant
LEFT JOIN (
    SELECT line.variant_id, sum(line.quantity) AS pieces
    FROM orders_orderline AS line JOIN orders_order AS orders ON orders.id = line.order_id
    WHERE line.variant_id > %(low)s AND line.variant_id <= %(high)s AND orders.state <> 'cancelled'
    GROUP BY line.variant_id
) AS ordered ON ordered.variant_id = variant.id
LEFT JOIN (
    SELECT variant_id, -sum(change) AS pieces FROM inventory_stockmovement
    WHERE variant_id > %(low)s AND variant_id <= %(high)s AND reason IN ('sold', 'returned')
    GROUP BY variant_id
) AS ledger ON ledger.variant_id = variant.id
WHERE variant.id > %(low)s AND variant.id <= %(high)s
  AND coalesce(ordered.pieces, 0) <> coalesce(ledger.pieces, 0)
"""
# The mail of a new order is written beside its first event, and has an index by time alone.
PLACED_MAIL = """
WITH batch AS (
    SELECT orders.id, orders.number, min(event.created_at) AS at
    FROM orders_order AS orders LEFT JOIN orders_orderevent AS event ON event.order_id = orders.id
    WHERE orders.id > %(low)s AND orders.id <= %(high)s GROUP BY orders.id
), mails AS (
    SELECT context ->> 'number' AS number FROM notifications_mail
    WHERE kind = 'order_placed'
      AND created_at BETWEEN (SELECT min(at) FROM batch) - interval '1 hour'
                         AND (SELECT max(at) FROM batch) + interval '1 hour'
)
SELECT id, number FROM batch WHERE NOT EXISTS (SELECT FROM mails WHERE mails.number = batch.number)
"""
STATE_MAILS = """
SELECT orders.id, orders.number, moment.state
FROM orders_order AS orders
CROSS JOIN LATERAL (
    VALUES ('paid', orders.paid_at), ('shipped', orders.shipped_at), ('cancelled', orders.cancelled_at)
) AS moment (state, at)
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND moment.at IS NOT NULL AND NOT EXISTS (
    SELECT FROM notifications_mail AS mail WHERE mail.dedupe_key = format('order_%%s:%%s', moment.state, orders.id)
)
"""
MAIL_ADVICE = "Write to the customer yourself, and look in the log for what wrote the order without its mail."
AMOUNT_ADVICE = "Compare the order with its mail and its payment, which repeat what the customer agreed to."

INVARIANTS = [
    Invariant(
        name="order-has-its-lines",
        rule="An order has lines; each is its price times its pieces, and together they are its goods.",
        table="orders_order",
        find=by_sql(LINES, "order", "{0} lines of {1} in all, goods of {2}; {3} lines do not add up"),
        advice=AMOUNT_ADVICE,
    ),
    Invariant(
        name="order-adds-up",
        rule="An order's total is its goods and its delivery, less its discount.",
        table="orders_order",
        find=by_sql(TOTAL, "order", "goods {0} and delivery {1}, less {2}, are not {3}"),
        advice=AMOUNT_ADVICE,
    ),
    Invariant(
        name="order-discount",
        rule="An order's discount is that of its lines and of its delivery, which cost no less.",
        table="orders_order",
        find=by_sql(DISCOUNT, "order", "discount {0}, of the lines {1}, delivery {2}"),
        advice=AMOUNT_ADVICE,
    ),
    Invariant(
        name="order-tax",
        rule="A line's tax is what its rate says, less its discount, and an order's is that of its lines and delivery.",
        table="orders_order",
        find=by_sql(TAX, "order", "tax {0}, of the lines {1}, delivery {2}; or a line's tax is not that of its rate"),
        advice=AMOUNT_ADVICE,
    ),
    Invariant(
        name="order-state",
        rule="An order's state agrees with its moments and stands in its history.",
        table="orders_order",
        find=by_sql(MOMENTS, "order", "{0}, and its moments or its history say something else"),
        advice="Read the order's history and its payments; set the state to what really happened.",
    ),
    Invariant(
        name="sold-is-ordered",
        rule="The pieces that left the stock as sold are those of the orders that are not cancelled.",
        table="catalog_variant",
        find=by_sql(SOLD, "sku", "{0} pieces ordered, {1} sold by the movements"),
        advice="Look at the variant's movements, which name their orders, for the one that is missing or too many.",
    ),
    Invariant(
        name="order-has-its-mail",
        rule="Each order has the mail that confirms it.",
        table="orders_order",
        find=by_sql(PLACED_MAIL, "order", "no mail confirms it"),
        advice=MAIL_ADVICE,
    ),
    Invariant(
        name="order-has-mails-of-its-states",
        rule="Each order that was paid, shipped or cancelled has the mail that says so.",
        table="orders_order",
        find=by_sql(STATE_MAILS, "order", "no mail says that it was {0}"),
        advice=MAIL_ADVICE,
    ),
]
