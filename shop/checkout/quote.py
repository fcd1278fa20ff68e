"""What a cart costs, where it goes and how.

The one calculation behind cart page, checkout page, API and placing the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from shop.cart.contents import Contents, Line
from shop.checkout.errors import NoSuchDelivery
from shop.money import Money
from shop.pricing import services as pricing
from shop.pricing.shipping import Offer, Parcel
from shop.pricing.shipping import offers as shipping_offers
from shop.pricing.totals import Item, Totals, price


@dataclass(frozen=True)
class Quote:
    """The totals of a cart for one country, the delivery methods it can take, and the one that is chosen.

    `chosen` is None if none fits.
    """

    totals: Totals
    offers: list[Offer]
    chosen: Offer | None


def goods(cart: Contents) -> Money:
    """Return the sum of the goods alone. No query."""
    return _goods(cart.lines)


def quote(cart: Contents, *, country: str, method: str = "") -> Quote:
    """Price a cart for delivery to `country` by `method`, or by the first method offered.

    One query for any number of lines. Raises NoSuchDelivery if `method` is named and not offered.
    """
    terms = pricing.terms(country)
    offers = shipping_offers(terms.methods, parcel(cart.lines, country))
    chosen = _choose(offers, method)
    totals = _price(cart.lines, terms.tax_rates, chosen.price if chosen else zero())
    return Quote(totals, offers, chosen)


def quotes(cart: Contents, *, country: str) -> list[Quote]:
    """Price a cart once for each delivery method that it can take to `country`.

    One query for any number of lines and methods.
    """
    terms = pricing.terms(country)
    offers = shipping_offers(terms.methods, parcel(cart.lines, country))
    return [Quote(_price(cart.lines, terms.tax_rates, offer.price), offers, offer) for offer in offers]


def parcel(lines: Sequence[Line], country: str) -> Parcel:
    weight = sum(line.variant.weight_g * line.quantity for line in lines if line.variant.requires_shipping)
    return Parcel(country, weight, _goods(lines))


def _goods(lines: Sequence[Line]) -> Money:
    return Money(sum((line.total for line in lines), Decimal(0)), settings.SHOP_CURRENCY)


def zero() -> Money:
    return Money(Decimal(0), settings.SHOP_CURRENCY)


def _choose(offers: list[Offer], method: str) -> Offer | None:
    if not method:
        return offers[0] if offers else None
    for offer in offers:
        if offer.method.code == method:
            return offer
    raise NoSuchDelivery


def _price(lines: Sequence[Line], rates: dict[str, Decimal], shipping: Money) -> Totals:
    return price([_item(line) for line in lines], rates=rates, shipping=shipping)


def _item(line: Line) -> Item:
    variant = line.variant
    unit_price = Money(variant.price, settings.SHOP_CURRENCY)
    return Item(variant.pk, line.quantity, unit_price, variant.product.tax_class, variant.taxable)
