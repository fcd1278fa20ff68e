"""Which delivery methods a parcel can take, and what each costs. Pure functions over loaded rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from shop.money import Money
from shop.pricing.models import ShippingRate


class Rate(NamedTuple):
    """A row of ShippingRate."""

    countries: list[str]
    basis: str
    from_value: Decimal
    price: Decimal


class Method(NamedTuple):
    """A row of ShippingMethod, with those of its rates that matter for one country."""

    code: str
    name: str
    description: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Parcel:
    """What matters for delivery: where to (ISO 3166-1 alpha-2), how heavy in grams, what the goods cost."""

    country: str
    weight_g: int
    total: Money


@dataclass(frozen=True)
class Offer:
    """A delivery method with its price for one parcel."""

    method: Method
    price: Money


def offers(methods: Iterable[Method], parcel: Parcel) -> list[Offer]:
    """Return what can be chosen for a parcel, in the order of `methods`."""
    priced = ((method, _price(method.rates, parcel)) for method in methods)
    return [Offer(method, Money(price, parcel.total.currency)) for method, price in priced if price is not None]


def _price(rates: Sequence[Rate], parcel: Parcel) -> Decimal | None:
    """The step with the highest threshold that the parcel reaches, among the rates that name its country, else the
    general ones.
    """
    named = [rate for rate in rates if parcel.country in rate.countries]
    fitting = named or [rate for rate in rates if not rate.countries]
    reached = [rate for rate in fitting if rate.from_value <= _measure(rate, parcel)]
    return max(reached, key=lambda rate: (rate.from_value, -rate.price)).price if reached else None


def _measure(rate: Rate, parcel: Parcel) -> Decimal:
    return Decimal(parcel.weight_g) if rate.basis == ShippingRate.Basis.WEIGHT else parcel.total.amount
