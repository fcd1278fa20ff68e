"""Whether a voucher applies, and what it takes off. Pure functions over loaded rows."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from shop.errors import ShopError
from shop.money import Money, total
from shop.pricing.models import Voucher


class VoucherRefused(ShopError):
    """The voucher takes nothing off. `code` says why, for programs."""

    status = 422

    @property
    def reason(self) -> str:
        """Say why in a word: "ended"."""
        return self.code.removeprefix("voucher_")


class VoucherUnknown(VoucherRefused):
    """No such code, or it is not active: nobody learns which."""

    code = "voucher_unknown"
    message = _lazy("This voucher is not known, or can no longer be used. Look whether you typed its code right.")


class VoucherNotYet(VoucherRefused):
    """`details["starts_at"]` is the moment, as RFC 3339 writes it."""

    code = "voucher_not_yet"

    def __init__(self, starts_at: datetime) -> None:
        local = timezone.localtime(starts_at)
        day = date_format(local, "DATETIME_FORMAT")
        super().__init__(_("This voucher can be used from %(day)s.") % {"day": day}, starts_at=local.isoformat())


class VoucherEnded(VoucherRefused):
    code = "voucher_ended"
    message = _lazy("This voucher can no longer be used: its time is over.")


class VoucherUsedUp(VoucherRefused):
    """Others were faster."""

    code = "voucher_used_up"
    status = 409
    message = _lazy("This voucher can no longer be used: others have used it up.")


class VoucherUsedByYou(VoucherRefused):
    """This customer's orders have used it as often as one may. Only known when an order is placed."""

    code = "voucher_used_by_you"
    status = 409
    message = _lazy("You have used this voucher before. Remove it from the cart to order without it.")


class VoucherMinimum(VoucherRefused):
    """The goods cost too little. `details["missing"]` is the money that is missing."""

    code = "voucher_minimum"

    def __init__(self, missing: Money) -> None:
        message = _("Add goods for %(missing)s to use this voucher.") % {"missing": missing.display()}
        super().__init__(message, missing=missing.json())


class VoucherTerms(NamedTuple):
    """A row of Voucher, with what decides whether it applies and what it takes off."""

    pk: int
    code: str
    kind: str
    value: Decimal
    min_subtotal: Decimal
    starts_at: datetime | None
    ends_at: datetime | None
    limit: int | None
    limit_per_customer: int | None
    used: int
    active: bool


class Reduction(NamedTuple):
    """What is taken off each line, in their order, and off delivery; `total` is all of it."""

    lines: tuple[Money, ...]
    delivery: Money
    total: Money


# The fields of VoucherTerms, of the alias `voucher`, in one column: each line of a cart repeats it. Amounts are texts:
# numbers in JSON lose cents.
FACTS = """
    json_build_array(
        voucher.id, voucher.code, voucher.kind, voucher.value::text, voucher.min_subtotal::text, voucher.starts_at,
        voucher.ends_at, voucher."limit", voucher.limit_per_customer, voucher.used, voucher.active
    )
"""


def read(facts: Sequence[Any]) -> VoucherTerms:
    """Return the voucher of FACTS."""
    pk, code, kind, value, minimum, starts_at, ends_at, *counts = facts
    starts, ends = (moment and datetime.fromisoformat(moment) for moment in (starts_at, ends_at))
    return VoucherTerms(pk, code, kind, Decimal(value), Decimal(minimum), starts, ends, *counts)


def refusal(voucher: VoucherTerms, goods: Money, now: datetime) -> VoucherRefused | None:
    """Say why a voucher takes nothing off these goods now; None if it does."""
    minimum = Money(voucher.min_subtotal, goods.currency)
    return closed(voucher, now) or (VoucherMinimum(minimum - goods) if goods < minimum else None)


def closed(voucher: VoucherTerms, now: datetime) -> VoucherRefused | None:
    """Say why a voucher takes nothing off whatever the goods."""
    if not voucher.active:
        return VoucherUnknown()
    if voucher.starts_at and now < voucher.starts_at:
        return VoucherNotYet(voucher.starts_at)
    if voucher.ends_at and now >= voucher.ends_at:
        return VoucherEnded()
    if voucher.limit is not None and voucher.used >= voucher.limit:
        return VoucherUsedUp()
    return None


def reduction(voucher: VoucherTerms | None, lines: Sequence[Money], delivery: Money) -> Reduction:
    """Return what a voucher takes off, never more than there is. `lines`: what the pieces of each cost."""
    nothing = Money(Decimal(0), delivery.currency)
    if voucher is None:
        return Reduction((nothing,) * len(lines), nothing, nothing)
    if voucher.kind == Voucher.Kind.FREE_DELIVERY:
        return Reduction((nothing,) * len(lines), delivery, delivery)
    off = _off_goods(voucher, total(lines, delivery.currency))
    return Reduction(_shared(off, lines), nothing, off)


def _off_goods(voucher: VoucherTerms, goods: Money) -> Money:
    if voucher.kind == Voucher.Kind.PERCENT:
        return goods * (voucher.value / 100)
    return min(Money(voucher.value, goods.currency), goods)


def _shared(amount: Money, parts: Sequence[Money]) -> tuple[Money, ...]:
    """Share an amount by the size of its parts, to the cent.

    The cents that rounding down leaves go where most was cut off, among equals to the first.
    """
    whole = sum(part.minor for part in parts) or 1
    cut = [divmod(amount.minor * part.minor, whole) for part in parts]
    left = amount.minor - sum(cents for cents, _rest in cut)
    most_cut = set(sorted(range(len(parts)), key=lambda place: -cut[place][1])[:left])
    shares = [cents + (place in most_cut) for place, (cents, _rest) in enumerate(cut)]
    return tuple(Money(Decimal(cents) / 100, amount.currency) for cents in shares)
