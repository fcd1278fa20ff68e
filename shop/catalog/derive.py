"""What a product row repeats of its variants and categories, so that lists need no joins.

Pure functions over loaded rows.
"""

from decimal import Decimal

from shop.catalog.html import plain_text
from shop.catalog.models import Category, Product, Variant

FIELDS = ["min_price", "max_price", "compare_at_price", "facets", "keywords", "description"]
FACETS = ("c:", "o:")  # what they begin with: categories and options
FACET_LENGTH = 160


def category_ancestors() -> dict[int, list[int]]:
    """Return {category id: its id and those of its ancestors}. One query for the whole tree."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    return {pk: _line(pk, parents) for pk in parents}


def _line(pk: int, parents: dict[int, int | None]) -> list[int]:
    line: list[int] = []
    node: int | None = pk
    while node is not None and node not in line:
        line.append(node)
        node = parents.get(node)
    return line


def fill(product: Product, ancestors: dict[int, list[int]]) -> None:
    """Set FIELDS of a product whose `variants` and `categories` are prefetched."""
    variants = list(product.variants.all())
    prices = [variant.price for variant in variants] or [Decimal(0)]
    product.min_price, product.max_price = min(prices), max(prices)
    product.compare_at_price = _compare_at(variants)
    product.facets = facets(product, variants, ancestors)
    skus = [variant.sku for variant in variants]
    product.keywords = " ".join([product.vendor, product.product_type, *product.tags, *skus])
    product.description = plain_text(product.body_html)


def _compare_at(variants: list[Variant]) -> Decimal | None:
    """The former price of the cheapest variant, if it is on sale: a card must not compare prices of two variants."""
    cheapest = min(variants, key=lambda variant: variant.price, default=None)
    return cheapest.compare_at_price if cheapest else None


def facets(product: Product, variants: list[Variant], ancestors: dict[int, list[int]]) -> list[str]:
    found = {f"c:{pk}" for category in product.categories.all() for pk in ancestors.get(category.pk, [])}
    for variant in variants:
        for name, value in zip(product.option_names, variant.option_values, strict=False):
            found.add(option_facet(name, value))
    return sorted(facet[:FACET_LENGTH] for facet in found)


def option_facet(name: str, value: str) -> str:
    return f"o:{name.lower()}:{value}"
