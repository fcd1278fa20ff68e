"""Reading the rows that prices are made from."""

from decimal import Decimal

from shop.pricing.models import ShippingMethod, TaxRate
from shop.pricing.shipping import Offer, Parcel, offers


def tax_rates(country: str) -> dict[str, Decimal]:
    """Return {tax class: percent} for a country (ISO 3166-1 alpha-2). One query."""
    return dict(TaxRate.objects.filter(country=country).values_list("tax_class", "rate"))


def shipping_offers(parcel: Parcel) -> list[Offer]:
    """Return the delivery methods for a parcel with their prices. Two queries."""
    return offers(ShippingMethod.objects.filter(active=True).prefetch_related("rates"), parcel)
