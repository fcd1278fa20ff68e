"""What a cart costs. Pure functions: rows in, money out, no query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import cached_property

from shop.money import Money, rounded, total
from shop.pricing.vouchers import VoucherTerms, reduction

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
    total: Money  # of its pieces, before the discount
    discount: Money  # what a voucher takes off it
    tax_rate: Decimal  # percent
    tax: Money  # contained in what is left


@dataclass(frozen=True)
class Totals:
    """The sum of a cart. All amounts include tax; `tax` says how much of `total` is tax.

    `subtotal` and `shipping` are what they are without a voucher; `discount` is what it takes off both.
    """

    items: tuple[PricedItem, ...]
    subtotal: Money
    shipping: Money
    discount: Money
    shipping_tax: Money

    @cached_property
    def tax(self) -> Money:
        return total((line.tax for line in self.items), self.subtotal.currency) + self.shipping_tax

    @cached_property
    def total(self) -> Money:
        return self.subtotal + self.shipping - self.discount


def price(
    items: Sequence[Item], *, rates: Mapping[str, Decimal], shipping: Money, voucher: VoucherTerms | None = None
) -> Totals:
    """Price a cart. `rates` are the percentages of the country of delivery by tax class; a class without one has no
    tax.

    Delivery is taxed at the standard rate. `voucher`: one that applies.
    """
    lines = [item.unit_price * item.quantity for item in items]
    off = reduction(voucher, lines, shipping)
    priced = tuple(_priced(*each, rates) for each in zip(items, lines, off.lines, strict=True))
    shipping_tax = contained_tax(shipping - off.delivery, rates.get(STANDARD, Decimal(0)))
    return Totals(priced, total(lines, shipping.currency), shipping, off.total, shipping_tax)


def _priced(item: Item, line: Money, discount: Money, rates: Mapping[str, Decimal]) -> PricedItem:
    rate = rates.get(item.tax_class, Decimal(0)) if item.taxable else Decimal(0)
    return PricedItem(item, line, discount, rate, contained_tax(line - discount, rate))


def contained_tax(gross: Money, rate: Decimal) -> Money:
    """Return the tax inside a price that includes it: 119.00 at 19 % contains 19.00."""
    return Money(rounded(gross.amount * rate / (100 + rate)), gross.currency)
