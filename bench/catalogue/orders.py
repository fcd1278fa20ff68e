"""Orders of a shop that has been open for years, with lines, history, payments, mails and the messages behind them."""

import psycopg

from bench.catalogue.multiply import BULK, without_indexes
from bench.catalogue.rows import VARIANTS

YEARS = 3
TABLES = [
    "orders_order", "orders_orderline", "orders_orderevent", "payments_payment", "notifications_mail",
    "platform_outboxmessage",
]  # fmt: skip

# n: the order's number, from 1, evenly spread over the years up to now; the last few are not shipped yet
NUMBERED = """
WITH numbered AS (
    SELECT n, now() - (%(orders)s - n) * (interval '{years} years' / %(orders)s) AS at, upper(md5(n::text)) AS word,
        CASE WHEN n %% 40 = 0 THEN 'cancelled' WHEN n > %(orders)s - 300 THEN 'placed'
             WHEN n > %(orders)s - 600 THEN 'paid' ELSE 'shipped' END AS state
    FROM generate_series(1, %(orders)s) AS n
)
"""
STATEMENTS = [
    """
INSERT INTO orders_order (id, number, token, email, language, state, currency, subtotal, shipping_price, tax_total,
    total, shipping_address, shipping_method, shipping_method_name, payment_method, placed_at, paid_at, shipped_at,
    cancelled_at)
SELECT n, left(word, 4) || '-' || lpad(to_hex(n), 6, '0'), md5(n || ' token'), 'guest' || n %% 300000 || '@example.com',
    'en', state, 'EUR', 59.70, 4.90, 9.53, 64.60,
    '{{"name": "Ada Bench", "line1": "Lange Straße 5", "postal_code": "10115", "city": "Berlin", "country": "DE"}}',
    'standard', 'Standard', CASE WHEN n %% 3 = 0 THEN 'bank_transfer' ELSE 'card' END, at,
    CASE WHEN state IN ('paid', 'shipped') THEN at + interval '1 hour' END,
    CASE WHEN state = 'shipped' THEN at + interval '1 day' END,
    CASE WHEN state = 'cancelled' THEN at + interval '1 day' END
FROM numbered
""",
    """
INSERT INTO orders_orderline (order_id, variant_id, sku, title, label, product_slug, quantity, unit_price, total,
    tax_rate, tax)
SELECT n, variant,
    'B' || lpad((1 + (variant - 1) / {variants})::text, 7, '0') || '-' || 1 + (variant - 1) %% {variants},
    'Amber acanthus prints', 'Small', 'amber-acanthus-prints', 1, 19.90, 19.90, 19, 3.18
FROM numbered, generate_series(1, 3) AS line,
LATERAL (SELECT 1 + (n * 7919::bigint + line * 104729) %% (%(products)s * {variants}) AS variant) AS chosen
""",
    """
INSERT INTO orders_orderevent (order_id, state, note, actor, created_at)
SELECT n, event, '', '', at + hours * interval '1 hour' FROM numbered,
LATERAL (VALUES ('placed', 0), ('paid', 1), ('shipped', 24), ('cancelled', 24)) AS events (event, hours)
WHERE event = 'placed' OR event = state OR (event = 'paid' AND state = 'shipped')
""",
    """
INSERT INTO payments_payment (public_id, order_id, method, state, amount, currency, reference, redirect_url, message,
    created_at, settled_at, to_void)
SELECT md5(n || ' payment')::uuid, n, CASE WHEN n %% 3 = 0 THEN 'bank_transfer' ELSE 'card' END,
    CASE state WHEN 'placed' THEN 'pending' WHEN 'cancelled' THEN 'cancelled' ELSE 'paid' END, 64.60, 'EUR',
    CASE WHEN n %% 3 = 0 THEN '' ELSE 'pay_' || n END, '', '', at, at + interval '1 hour', false
FROM numbered
""",
    """
INSERT INTO platform_outboxmessage (id, topic, queue, payload, created_at, available_at, sent_at, done_at, sends,
    failures, last_error)
SELECT n, 'notifications.mail', 'default', json_build_object('mail_id', n), at, at, at, at, 1, 0, '' FROM numbered
""",
    """
INSERT INTO notifications_mail (id, kind, "to", language, context, dedupe_key, message_id, subject, created_at, sent_at,
    doubts)
SELECT n, 'order_placed', 'guest' || n %% 300000 || '@example.com', 'en', json_build_object('number', n),
    'order_placed:' || n, n, 'Your order', at, at, 0 FROM numbered
""",
]


def load_orders(admin_url: str, orders: int, *, products: int) -> None:
    """Write `orders` orders of the variants of `products` products into a database without orders."""
    with psycopg.connect(admin_url, autocommit=True) as connection, without_indexes(connection, admin_url, TABLES):
        connection.execute(BULK)
        for statement in STATEMENTS:
            text = (NUMBERED + statement).format(years=YEARS, variants=VARIANTS)
            connection.execute(text, {"orders": orders, "products": products})  # type: ignore[call-overload]
        for table in TABLES:
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
