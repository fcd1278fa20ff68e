"""What all rows that show a product have in common."""

from decimal import Decimal
from typing import Protocol

from shop.catalog.addresses import product_url


class Priced(Protocol):
    """A row with a product's address and prices."""

    @property
    def slug(self) -> str: ...

    @property
    def min_price(self) -> Decimal: ...

    @property
    def max_price(self) -> Decimal: ...

    @property
    def compare_at_price(self) -> Decimal | None: ...


class Shown:
    """What a product's prices mean, and where its page is."""

    __slots__ = ()

    @property
    def on_sale(self: Priced) -> bool:
        return self.compare_at_price is not None and self.compare_at_price > self.min_price

    @property
    def has_price_range(self: Priced) -> bool:
        return self.min_price != self.max_price

    def get_absolute_url(self: Priced) -> str:
        return product_url(self.slug)
