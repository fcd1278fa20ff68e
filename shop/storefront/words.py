"""Amounts and availability in words."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.catalog.models import Variant
from shop.inventory.models import FEW
from shop.money import Money
from shop.storefront.choice import left


def money(amount: Decimal | Money | None) -> str:
    """Write an amount the way a price tag does: €1,290.00. A bare number is in the shop's currency."""
    if amount is None:
        return ""
    value = amount if isinstance(amount, Money) else Money(amount, settings.SHOP_CURRENCY)
    return value.display()


def saving(variant: Variant) -> int:
    """How many per cent a reduced variant saves, rounded down; 0 for one at its usual price."""
    if not variant.on_sale or not variant.compare_at_price:
        return 0
    return int(100 * (variant.compare_at_price - variant.price) / variant.compare_at_price)


def availability(variant: Variant) -> tuple[str, str]:
    """Return the line and its mood ("", "few" or "none")."""
    pieces = left(variant)
    if pieces is None:
        return _("In stock"), ""
    if pieces == 0:
        return _("Sold out"), "none"
    if pieces <= FEW:
        return ngettext("Only %(n)s left", "Only %(n)s left", pieces) % {"n": pieces}, "few"
    return _("In stock"), ""
