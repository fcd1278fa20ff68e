"""Money in answers: {"amount": "19.90", "currency": "EUR"}, a string, because numbers in JSON lose cents."""

from decimal import Decimal

from django.conf import settings


def price(amount: Decimal) -> dict[str, str]:
    """Return a price of the catalogue, which has two places and is in the shop's currency."""
    return {"amount": f"{amount:.2f}", "currency": settings.SHOP_CURRENCY}
