"""Uses of vouchers: an order takes one, a cancelled order gives it back, and a limit holds whatever pods do at once.

Locks: a voucher before any stock, here and when an order is cancelled, so that two never wait for each other in a
circle.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from shop.errors import ShopError
from shop.platform.postgresql import planned
from shop.pricing import metrics, vouchers
from shop.pricing.models import CODE, Redemption, Voucher, spelled
from shop.pricing.vouchers import VoucherRefused, VoucherTerms, VoucherUnknown, VoucherUsedByYou, VoucherUsedUp


class LimitTooLow(ShopError):
    """It was used more often than the new limit allows. `details["used"]` is how often."""

    code = "voucher_limit_too_low"
    status = 422

    def __init__(self, used: int) -> None:
        text = ngettext(
            "It was used %(n)s time: the limit cannot be lower.",
            "It was used %(n)s times: the limit cannot be lower.",
            used,
        )
        super().__init__(text % {"n": used}, used=used)


FIND = f"SELECT {vouchers.FACTS} FROM pricing_voucher AS voucher WHERE "  # noqa: S608 - a text of ours
# Looks at the voucher, takes a use of it and writes that down. One that is not counted is locked for sharing, which any
# number of orders do at once, and which who sets its first limit waits for: save() then counts all of them.
REDEEM = """
WITH counted AS (
    UPDATE pricing_voucher SET used = used + 1
    WHERE id = %(voucher)s::bigint AND <open> AND num_nonnulls("limit", limit_per_customer) > 0
        AND ("limit" IS NULL OR used < "limit")
    RETURNING id
),
uncounted AS (
    SELECT id FROM pricing_voucher
    WHERE id = %(voucher)s::bigint AND <open> AND num_nonnulls("limit", limit_per_customer) = 0
    FOR KEY SHARE
)
INSERT INTO pricing_redemption (voucher_id, order_id, amount, created_at)
SELECT id, %(order)s::bigint, %(amount)s::numeric, %(now)s FROM (TABLE counted UNION ALL TABLE uncounted) AS taken
RETURNING id
""".replace("<open>", "active AND coalesce(starts_at <= %(now)s, true) AND coalesce(ends_at > %(now)s, true)")
# The voucher is locked even if it is not counted, or who sets its first limit meanwhile would count this use.
RELEASE = """
WITH released AS (
    UPDATE pricing_redemption SET released_at = %(now)s WHERE order_id = %(order)s AND released_at IS NULL
    RETURNING voucher_id
)
UPDATE pricing_voucher AS voucher SET used = greatest(voucher.used - 1, 0) FROM released
WHERE voucher.id = released.voucher_id
RETURNING voucher.id
"""


def find(code: str) -> VoucherTerms:
    """Return the voucher of a code, however it is spelled, if it can be used now. Raises VoucherRefused."""
    plain = spelled(code)
    found = planned.rows(f"{FIND} voucher.code = %(code)s", {"code": plain}) if re.fullmatch(CODE, plain) else []
    if not found:
        raise VoucherUnknown
    voucher = vouchers.read(found[0][0])
    refusal = vouchers.closed(voucher, timezone.now())
    if refusal:
        raise refusal
    return voucher


def redeem(*, voucher: VoucherTerms, order_id: int, amount: Decimal, email: str, user_id: int | None) -> None:
    """Take a use of a voucher for an order that was just written, in its transaction; one query.

    One more if each customer may use it so often only. Raises VoucherRefused; the transaction has to be rolled back
    then.
    """
    wanted = {"voucher": voucher.pk, "order": order_id, "amount": amount, "now": timezone.now()}
    # A second time, because the first may have waited for staff who gave the voucher its first limit, or took the last.
    if not (planned.rows(REDEEM, wanted) or planned.rows(REDEEM, wanted)):
        raise _refusal(voucher.pk)
    if voucher.limit_per_customer is not None:
        _check_customer(voucher.pk, voucher.limit_per_customer, email, user_id)
    transaction.on_commit(metrics.redeemed.labels(voucher.kind).inc, robust=True)


def release(order_id: int) -> None:
    """Give back what a cancelled order used, in the caller's transaction. Repeating changes nothing. One query."""
    planned.anew(RELEASE, {"order": order_id, "now": timezone.now()})


def save(voucher: Voucher) -> None:
    """Write a new or changed voucher, with its uses counted again. Raises LimitTooLow, Voucher.DoesNotExist.

    The lock waits for all orders that are using the voucher, so that none is missing from the count.
    """
    with transaction.atomic():
        if voucher.pk:
            Voucher.objects.select_for_update().get(pk=voucher.pk)
        used = check_limit(voucher, voucher.limit)
        voucher.used = used if voucher.is_counted else 0
        voucher.save()


def check_limit(voucher: Voucher, limit: int | None) -> int:
    """Return how often a voucher is used now. Raises LimitTooLow if `limit` would be below that. One query."""
    used = _uses(voucher)
    if limit is not None and used > limit:
        raise LimitTooLow(used)
    return used


def end(*, voucher_id: int) -> bool:
    """End a voucher that has begun, now; False if it has not begun, or had ended before. One query."""
    now = timezone.now()
    begun = Voucher.objects.filter(Q(starts_at=None) | Q(starts_at__lt=now), Q(ends_at=None) | Q(ends_at__gt=now))
    return bool(begun.filter(pk=voucher_id).update(ends_at=now, updated_at=now))


def recount(voucher_ids: Sequence[int]) -> None:
    """Count the uses of vouchers again. One that was used more often than its limit allows is left to a person."""
    with transaction.atomic():
        for voucher in Voucher.objects.select_for_update().filter(pk__in=voucher_ids).order_by("pk"):
            uses = _uses(voucher) if voucher.is_counted else 0
            if voucher.limit is None or uses <= voucher.limit:
                Voucher.objects.filter(pk=voucher.pk).update(used=uses)


def _uses(voucher: Voucher) -> int:
    return Redemption.objects.in_use().filter(voucher_id=voucher.pk).count() if voucher.pk else 0


def _refusal(voucher_id: int) -> VoucherRefused:
    """Say why no use could be taken: the voucher is read again."""
    found = planned.rows(f"{FIND} voucher.id = %(id)s::bigint", {"id": voucher_id})
    if not found:
        return VoucherUnknown()
    return vouchers.closed(vouchers.read(found[0][0]), timezone.now()) or VoucherUsedUp()


def _check_customer(voucher_id: int, limit: int, email: str, user_id: int | None) -> None:
    """Count the uses of this customer, the present one included. Raises VoucherUsedByYou.

    The voucher's row is locked: two orders of one customer at once are counted one after the other.
    """
    theirs = Redemption.objects.in_use().of_customer(email=email, user_id=user_id)
    if theirs.filter(voucher_id=voucher_id).count() > limit:
        raise VoucherUsedByYou
