"""What must be true of vouchers and their uses."""

from collections.abc import Sequence

from shop.platform.invariants import Invariant, by_sql
from shop.pricing import redemptions
from shop.pricing.models import Redemption

USED = """
SELECT voucher.id, voucher.code, voucher.used, count(redemption.id)
FROM pricing_voucher AS voucher
LEFT JOIN pricing_redemption AS redemption
    ON redemption.voucher_id = voucher.id AND redemption.released_at IS NULL
    AND num_nonnulls(voucher."limit", voucher.limit_per_customer) > 0
WHERE voucher.id > %(low)s AND voucher.id <= %(high)s
GROUP BY voucher.id
HAVING voucher.used <> count(redemption.id)
"""
REDEEMED = """
SELECT orders.id, orders.number, orders.discount, coalesce(redemption.amount::text, 'no')
FROM orders_order AS orders LEFT JOIN pricing_redemption AS redemption ON redemption.order_id = orders.id
WHERE orders.id > %(low)s AND orders.id <= %(high)s
  AND (orders.discount > 0 OR orders.voucher_code <> '' OR redemption.id IS NOT NULL)
  AND (redemption.id IS NULL OR redemption.amount <> orders.discount)
"""
RELEASED = """
SELECT redemption.id, orders.number, orders.state, voucher.code
FROM pricing_redemption AS redemption
JOIN orders_order AS orders ON orders.id = redemption.order_id
JOIN pricing_voucher AS voucher ON voucher.id = redemption.voucher_id
WHERE redemption.id > %(low)s AND redemption.id <= %(high)s
  AND (orders.state = 'cancelled') <> (redemption.released_at IS NOT NULL)
"""


def _release(redemption_ids: Sequence[int]) -> None:
    """Of those whose order is cancelled, as by a pod of the release before vouchers; others are left to a person."""
    cancelled = Redemption.objects.filter(pk__in=redemption_ids, order__state="cancelled")
    for order_id in cancelled.order_by("pk").values_list("order_id", flat=True):
        redemptions.release(order_id)


INVARIANTS = [
    Invariant(
        name="redemption-of-cancelled-order-is-given-back",
        rule="Exactly the cancelled orders have given back the use of their voucher.",
        table="pricing_redemption",
        find=by_sql(RELEASED, "order", "{0}, and its use of {1} says something else"),
        advice="Run `manage.py fsck --repair`: it gives back what cancelled orders used. If the order is not "
        "cancelled, look in its history for why its use was given back.",
        repair=_release,
    ),
    Invariant(
        name="voucher-counts-its-uses",
        rule="A voucher with a limit has counted the uses that were not given back; one without has counted none.",
        table="pricing_voucher",
        find=by_sql(USED, "voucher", "{0} uses counted, {1} redemptions"),
        advice="Run `manage.py fsck --repair`: it counts again. Where that is more than the limit, raise the limit.",
        repair=redemptions.recount,
    ),
    Invariant(
        name="discount-has-its-redemption",
        rule="An order with a discount has used a voucher, which took off just that.",
        table="orders_order",
        find=by_sql(REDEEMED, "order", "discount {0}, {1} redeemed"),
        advice="Compare the order with its mail and its payment, which repeat what the customer agreed to; then write "
        "the redemption that is missing.",
    ),
]
