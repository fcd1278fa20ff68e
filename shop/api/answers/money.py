"""Money in answers: {"amount": "19.90", "currency": "EUR"}, a string, because numbers in JSON lose cents."""

from decimal import Decimal


def price(amount: Decimal, currency: str) -> dict[str, str]:
    """Return a price of the catalogue. Its column has two decimal places, so it needs no rounding."""
    return {"amount": str(amount), "currency": currency}
