"""Choosing one variant of a product: what the page's pickers, its plain list and its script need to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shop.catalog.models import Product, Variant


@dataclass(frozen=True)
class Value:
    value: str
    chosen: bool
    available: bool


@dataclass(frozen=True)
class Option:
    """One option, "Size", with its values in the order of the variants."""

    name: str
    values: list[Value]

    @property
    def chosen(self) -> str:
        return next((value.value for value in self.values if value.chosen), "")


@dataclass(frozen=True)
class Choice:
    """A product's variants and the one that the page shows first."""

    product: Product
    variants: list[Variant]
    selected: Variant

    @property
    def available(self) -> bool:
        return any(is_available(variant) for variant in self.variants)

    @property
    def gone(self) -> set[int]:
        """The ids of the variants that cannot be bought now."""
        return {variant.pk for variant in self.variants if not is_available(variant)}

    @property
    def options(self) -> list[Option]:
        if len(self.variants) < 2:
            return []
        return [Option(name, self._values(index)) for index, name in enumerate(self.product.option_names)]

    def _values(self, index: int) -> list[Value]:
        """A value is available if any variant with it can be bought."""
        found: dict[str, bool] = {}
        for variant in self.variants:
            if index < len(variant.option_values):
                value = variant.option_values[index]
                found[value] = found.get(value, False) or is_available(variant)
        chosen = self.selected.option_values[index : index + 1]
        return [Value(value, value in chosen, available) for value, available in found.items()]


def choose(product: Product, variants: Sequence[Variant], sku: str = "") -> Choice | None:
    """Show the variant named by `sku`, else the first that can be bought, else the first.

    None for a product without variants.
    """
    if not variants:
        return None
    named = [variant for variant in variants if variant.sku == sku]
    sellable = [variant for variant in variants if is_available(variant)]
    return Choice(product, list(variants), (named or sellable or list(variants))[0])


def left(variant: Variant) -> int | None:
    """How many pieces can be bought now; None for no limit.

    Reads the preloaded stock and product; a variant without a stock row has none, nor one that was taken off sale.
    """
    stock: Any = getattr(variant, "stock", None) if variant.product.is_public else None
    return stock.available if stock else 0


def is_available(variant: Variant) -> bool:
    return left(variant) != 0
