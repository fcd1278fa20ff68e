"""What must be true of money."""

from shop.payments import gift_card_invariants, settlement
from shop.platform.invariants import Invariant, by_sql

# Kept: captured and not to be given back. Money that a person received outside any open payment has no payment row;
# then the order's history names who said so.
PAID = """
SELECT orders.id, orders.number, orders.state, coalesce(money.kept, 0), orders.currency, orders.total
FROM orders_order AS orders
LEFT JOIN LATERAL (
    SELECT sum(payment.amount) AS kept, bool_or(payment.currency <> orders.currency) AS is_other,
        bool_or(payment.method <> 'gift_card') AS is_sent
    FROM payments_payment AS payment WHERE payment.order_id = orders.id AND payment.state = 'paid'
) AS money ON TRUE
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND orders.state IN ('paid', 'shipped')
  AND (coalesce(money.kept, 0) <> orders.total OR money.is_other)
  AND NOT (money.is_sent IS NOT TRUE AND coalesce(money.kept, 0) = orders.gift_card_amount AND EXISTS (
      SELECT FROM orders_orderevent AS event
      WHERE event.order_id = orders.id AND event.state = 'paid' AND event.actor NOT IN ('', 'payment provider')
  ))
"""
# What a gift card paid waits for the rest.
UNPAID = """
SELECT orders.id, orders.number, orders.state, sum(payment.amount), orders.currency
FROM orders_order AS orders JOIN payments_payment AS payment ON payment.order_id = orders.id
WHERE orders.id > %(low)s AND orders.id <= %(high)s AND orders.state IN ('placed', 'cancelled')
  AND payment.state = 'paid' AND (orders.state = 'cancelled' OR payment.method <> 'gift_card')
GROUP BY orders.id
"""
# Pods of the release before gift cards ask for the whole total, and reconcile() closes what they asked for.
ASKED = """
SELECT orders.id, orders.number, orders.total - orders.gift_card_amount, orders.currency,
    coalesce(payment.amount || ' ' || payment.currency, 'none')
FROM orders_order AS orders
LEFT JOIN payments_payment AS payment ON payment.order_id = orders.id AND payment.method <> 'gift_card'
WHERE orders.id > %(low)s AND orders.id <= %(high)s
  AND (
    payment.id IS NULL AND orders.total > orders.gift_card_amount
    OR payment.currency <> orders.currency
    OR payment.amount <> orders.total - orders.gift_card_amount
      AND NOT (payment.state IN ('declined', 'cancelled') AND EXISTS (
        SELECT FROM payments_payment AS card WHERE card.order_id = orders.id AND card.method = 'gift_card'
      ))
  )
"""

INVARIANTS = [
    Invariant(
        name="paid-order-has-its-money",
        rule="Money captured and not to be refunded is the total of a paid or shipped order.",
        table="orders_order",
        find=by_sql(PAID, "order", "{0}: {1} {2} kept of {3}"),
        advice="Compare with the provider's account: charge what is missing, or refund what is too much. "
        "`manage.py fsck --repair` gives back to a gift card what another payment brought a second time.",
        repair=settlement.return_card_parts,
    ),
    Invariant(
        name="unpaid-order-keeps-no-money",
        rule="An order that waits for money keeps none but a gift card's, and one that was cancelled none at all.",
        table="orders_order",
        find=by_sql(UNPAID, "order", "{0}, and {1} {2} are kept"),
        advice="Ship the order or refund the payment, as the order's history and the provider's account say.",
    ),
    Invariant(
        name="payment-is-for-the-total",
        rule="Each order that costs something has payments, each for all that a gift card does not pay.",
        table="orders_order",
        find=by_sql(ASKED, "order", "to pay {0} {1}, payment {2}"),
        advice="Stop the payment if it is open, and ask for the right amount.",
    ),
    *gift_card_invariants.INVARIANTS,
]
