"""Money in answers: {"amount": "19.90", "currency": "EUR"}, a string, because numbers in JSON lose cents."""

from decimal import Decimal

from django.conf import settings

from shop.money import Money


def price(amount: Decimal) -> dict[str, str]:
    """Return a price of the catalogue, which is in the shop's currency."""
    return Money(amount, settings.SHOP_CURRENCY).json()
