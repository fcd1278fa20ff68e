"""Amounts and availability in words."""

import functools
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from shop.cart.contents import CartVariant, Line
from shop.catalog.detail import DetailVariant
from shop.inventory.models import FEW
from shop.money import Money
from shop.platform.language import page_language


def money(amount: Decimal | Money | None) -> str:
    """Write an amount the way a price tag does: €1,290.00. A bare number is in the shop's currency."""
    if amount is None:
        return ""
    if isinstance(amount, Money):
        return amount.display()
    return _in_figures(page_language(), amount, settings.SHOP_CURRENCY)


def bound(amount: Decimal) -> str:
    """Write where a range of prices begins or ends: €50, €49.90."""
    return Money(amount, settings.SHOP_CURRENCY).display(places=2 if amount % 1 else 0)


@functools.lru_cache(maxsize=5_000)  # per-pod: a calculation from its arguments
def _in_figures(_language: str | None, amount: Decimal, currency: str) -> str:
    return Money(amount, currency).display()


def saving(variant: DetailVariant | CartVariant) -> int:
    """How many per cent a reduced variant saves, rounded down; 0 for one at its usual price."""
    if not variant.on_sale or not variant.compare_at_price:
        return 0
    return int(100 * (variant.compare_at_price - variant.price) / variant.compare_at_price)


def availability(variant: DetailVariant) -> tuple[str, str]:
    """Return the line and its mood ("", "few" or "none")."""
    pieces = variant.left
    return _availability(page_language(), None if pieces is None or pieces > FEW else pieces)


@functools.cache  # per-pod: a calculation from its arguments, which are few
def _availability(_language: str | None, pieces: int | None) -> tuple[str, str]:
    """`pieces`: None for enough."""
    if pieces is None:
        return _("In stock"), ""
    if pieces == 0:
        return _("Sold out"), "none"
    return ngettext("Only %(n)s left", "Only %(n)s left", pieces) % {"n": pieces}, "few"


def warning(line: Line) -> str:
    """Say what stands against a line of a cart now, or nothing."""
    pieces = line.variant.left
    return "" if pieces is None or pieces >= line.quantity else fewer(pieces)


def fewer(pieces: int) -> str:
    """Say how many are left, to somebody who wants more."""
    if pieces == 0:
        return _("This item has just sold out. Remove it to go on.")
    return ngettext("Only %(n)s piece is left.", "Only %(n)s pieces are left.", pieces) % {"n": pieces}


def beginning(text: str, length: int) -> str:
    """Return a text that is no longer than so many characters, and says by its end that it was."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def designs(total: int) -> str:
    return _designs(page_language(), total)


@functools.lru_cache(maxsize=5_000)  # per-pod: a calculation from its arguments
def _designs(_language: str | None, total: int) -> str:
    return ngettext("%(total)s design", "%(total)s designs", total) % {"total": total}


def found_for(query: str) -> str:
    return _found_for(page_language()) % {"query": query}


@functools.cache  # per-pod: a text of this release
def _found_for(_language: str | None) -> str:
    return _("Results for “%(query)s”")


def cart_of(pieces: int) -> str:
    """The name of the link to the cart, for those who hear the page."""
    return ngettext("Cart, %(pieces)s piece", "Cart, %(pieces)s pieces", pieces) % {"pieces": pieces}


def suggestions(found: int) -> str:
    """What those hear who search by ear."""
    return ngettext("%(found)s suggestion", "%(found)s suggestions", found) % {"found": found}


def country_name(code: object) -> str:
    """The name of a country given by its ISO 3166-1 alpha-2 code."""
    return str(countries.name(str(code)) or code)
