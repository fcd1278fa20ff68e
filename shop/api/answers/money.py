"""Money in answers: {"amount": "19.90", "currency": "EUR"}, a string, because numbers in JSON lose cents."""

from decimal import Decimal

from django.conf import settings


def price(amount: Decimal, currency: str = "") -> dict[str, str]:
    """Return a price of the catalogue, which has two places and is in the shop's currency: who writes many names it."""
    return {"amount": f"{amount:.2f}", "currency": currency or settings.SHOP_CURRENCY}
