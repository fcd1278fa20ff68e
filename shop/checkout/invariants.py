"""What must be true of carts, orders and idempotency keys together."""

from shop.platform.invariants import Invariant, by_sql

CART = """
SELECT cart.id, cart.id FROM cart_cart AS cart
WHERE cart.id > %(low)s AND cart.id <= %(high)s AND cart.state = 'ordered'
  AND NOT EXISTS (SELECT FROM orders_order AS orders WHERE orders.cart_id = cart.id)
"""
CLOSED = """
SELECT orders.id, orders.number, cart.state
FROM orders_order AS orders JOIN cart_cart AS cart ON cart.id = orders.cart_id
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND cart.state <> 'ordered'
"""
KEY = """
SELECT id, id FROM checkout_idempotencykey WHERE id > %(low)s AND id <= %(high)s AND order_id IS NULL
"""

INVARIANTS = [
    Invariant(
        name="ordered-cart-has-its-order",
        rule="A cart that counts as ordered has its order.",
        table="cart_cart",
        find=by_sql(CART, "cart", "ordered, and there is no order of it"),
        advice="The order was lost after its commit: restore it from a backup. Its stock and its payment tell which.",
    ),
    Invariant(
        name="order-closed-its-cart",
        rule="The cart of an order cannot be ordered again.",
        table="orders_order",
        find=by_sql(CLOSED, "order", "its cart is {0}"),
        advice="Set the cart's state to ordered, before the customer orders it again.",
    ),
    Invariant(
        name="key-has-its-order",
        rule="An idempotency key points to the order that it made.",
        table="checkout_idempotencykey",
        find=by_sql(KEY, "idempotency key", "no order"),
        advice="Whoever repeats the request with this key would order again. Look for the order at that time, and tie "
        "the key to it.",
    ),
]
