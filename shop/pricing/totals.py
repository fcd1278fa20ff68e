"""What a cart costs. Pure functions: rows in, money out, no query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import cached_property

from shop.money import Money, rounded, total

STANDARD = "standard"


@dataclass(frozen=True)
class Item:
    """One line to price: pieces of a variant at a price per piece that includes tax."""

    variant_id: int
    quantity: int
    unit_price: Money
    tax_class: str = STANDARD
    taxable: bool = True


@dataclass(frozen=True)
class PricedItem:
    item: Item
    total: Money
    tax_rate: Decimal  # percent
    tax: Money  # contained in total


@dataclass(frozen=True)
class Totals:
    """The sum of a cart. All amounts include tax; `tax` says how much of `total` is tax."""

    items: tuple[PricedItem, ...]
    subtotal: Money
    shipping: Money
    shipping_tax: Money

    @cached_property
    def tax(self) -> Money:
        return total((line.tax for line in self.items), self.subtotal.currency) + self.shipping_tax

    @cached_property
    def total(self) -> Money:
        return self.subtotal + self.shipping


def price(items: Sequence[Item], *, rates: Mapping[str, Decimal], shipping: Money) -> Totals:
    """Price a cart. `rates` are the percentages of the country of delivery by tax class; a class without one has no
    tax.

    Delivery is taxed at the standard rate.
    """
    lines = tuple(_priced(item, rates) for item in items)
    subtotal = total((line.total for line in lines), shipping.currency)
    return Totals(lines, subtotal, shipping, contained_tax(shipping, rates.get(STANDARD, Decimal(0))))


def _priced(item: Item, rates: Mapping[str, Decimal]) -> PricedItem:
    rate = rates.get(item.tax_class, Decimal(0)) if item.taxable else Decimal(0)
    line = item.unit_price * item.quantity
    return PricedItem(item, line, rate, contained_tax(line, rate))


def contained_tax(gross: Money, rate: Decimal) -> Money:
    """Return the tax inside a price that includes it: 119.00 at 19 % contains 19.00."""
    return Money(rounded(gross.amount * rate / (100 + rate)), gross.currency)
