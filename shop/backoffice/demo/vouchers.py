"""Vouchers of the demo shop: some that can be used, one that ended, one that begins at the end of the year."""

from datetime import timedelta

from django.utils import timezone

from shop.pricing.models import Voucher


def write() -> None:
    """Write what is not there yet; what staff changed stays as they left it."""
    Voucher.objects.bulk_create(_rows(), ignore_conflicts=True)


def _rows() -> list[Voucher]:
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    kind = Voucher.Kind
    return [
        Voucher(code="WELCOME10", kind=kind.PERCENT, value=10, note="On the card in each parcel."),
        Voucher(code="PARCEL", kind=kind.FREE_DELIVERY, min_subtotal=30, note="For the newsletter."),
        Voucher(
            code="FIVER", kind=kind.AMOUNT, value=5, min_subtotal=25, limit=200, limit_per_customer=1, note="Fair."
        ),
        Voucher(
            code="OPENING",
            kind=kind.PERCENT,
            value=15,
            starts_at=today - timedelta(days=60),
            ends_at=today - timedelta(days=30),
        ),
        Voucher(code="NEXTMONTH", kind=kind.PERCENT, value=20, starts_at=today + timedelta(days=30)),
    ]
