"""Choosing one variant of a product: what the page's pickers, its plain list and its script need to know."""

from dataclasses import dataclass

from shop.catalog.detail import Detail, DetailVariant


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

    product: Detail
    variants: list[DetailVariant]
    selected: DetailVariant

    @property
    def available(self) -> bool:
        return self.product.available

    @property
    def gone(self) -> set[int]:
        """The ids of the variants that cannot be bought now."""
        return {variant.pk for variant in self.variants if not variant.is_available}

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
                found[value] = found.get(value, False) or variant.is_available
        chosen = self.selected.option_values[index : index + 1]
        return [Value(value, value in chosen, available) for value, available in found.items()]


def choose(product: Detail, sku: str = "") -> Choice | None:
    """Show the variant named by `sku`, else the first that can be bought, else the first.

    None for a product without variants.
    """
    variants = product.variants
    if not variants:
        return None
    named = [variant for variant in variants if variant.sku == sku]
    sellable = [variant for variant in variants if variant.is_available]
    return Choice(product, variants, (named or sellable or variants)[0])
