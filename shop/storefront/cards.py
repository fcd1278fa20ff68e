"""Cards of products in lists."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from shop.catalog.addresses import product_urls
from shop.catalog.cards import Card
from shop.platform.language import page_language
from shop.storefront.pictures import sources
from shop.storefront.prices import product_prices
from shop.storefront.stencils import safe, stencil

TEMPLATE = "storefront/_card.html"


def card_items(products: Sequence[Card], eager: int = 0) -> Markup:
    """Return the items of a list of cards. `eager`: how many of them a visitor sees at once."""
    language, url_of, price_of = page_language(), product_urls(), product_prices()
    written = [
        _stencil(language, card, place < eager) % _words(card, url_of(card.slug), price_of(card))
        for place, card in enumerate(products)
    ]
    return Markup("".join(written))  # noqa: S704 - of a template, filled with what is safe


def _stencil(language: str | None, card: Card, eager: bool) -> str:
    pictured = card.cover is not None and card.cover.is_ready
    return stencil(language, TEMPLATE, "card", card.available, card.on_sale, bool(card.product_type), pictured, eager)


def _words(card: Card, url: str, price: Markup) -> dict[str, Any]:
    """What fills any card; a kind and a picture have no hole where there is none."""
    words = {"url": safe(url), "title": safe(card.title), "kind": safe(card.product_type), "price": price, "alt": ""}
    return words | sources(card.cover) if card.cover else words
