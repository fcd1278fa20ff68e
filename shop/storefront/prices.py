"""Price tags. A shop has few different prices and shows each again and again, so each tag is written once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.template import engines
from markupsafe import Markup

from shop.cart.contents import CartVariant
from shop.catalog.cards import Card
from shop.catalog.detail import DetailVariant
from shop.platform.language import page_language
from shop.storefront.stencils import written_once

TAGS = 5_000  # different ones; a process that has written more forgets those not asked for


def product_prices() -> Callable[[Card], Markup]:
    """Return what writes a product's price, "from" it where its variants differ, beside the former one of a reduced
    product.
    """
    language = page_language()

    def tag(product: Card) -> Markup:
        was = product.compare_at_price if product.on_sale else None
        return _tag(language, product.min_price, was, product.has_price_range, 0)

    return tag


def variant_price(variant: DetailVariant | CartVariant, saved: int = 0) -> Markup:
    """Return a variant's price. `saved`: the per cent to name; 0 for none."""
    return variant_prices()(variant, saved)


def variant_prices() -> Callable[[DetailVariant | CartVariant, int], Markup]:
    """Return what writes the prices of many."""
    language = page_language()

    def tag(variant: DetailVariant | CartVariant, saved: int) -> Markup:
        was = variant.compare_at_price if variant.on_sale else None
        return _tag(language, variant.price, was, False, saved)

    return tag


@written_once(TAGS)
def _tag(language: str | None, now: Decimal, was: Decimal | None, from_price: bool, saved: int) -> Markup:
    """`language`: the active one."""
    pages: Any = engines["jinja2"]
    tag: Markup = pages.env.get_template("storefront/_price.html").module.price(now, was, from_price, saved)
    return tag
