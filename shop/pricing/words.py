"""What vouchers give, for people."""

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from shop.money import Money
from shop.pricing.models import Voucher
from shop.pricing.vouchers import VoucherTerms


def gives(voucher: Voucher | VoucherTerms) -> str:
    """Return it as a price tag says it: "10 % off", "€5.00 off", "free delivery"."""
    if voucher.kind == Voucher.Kind.FREE_DELIVERY:
        return _("free delivery")
    if voucher.kind == Voucher.Kind.PERCENT:
        return _("%(percent)s %% off") % {"percent": number_format(voucher.value.normalize())}
    return _("%(sum)s off") % {"sum": Money(voucher.value, settings.SHOP_CURRENCY).display()}
