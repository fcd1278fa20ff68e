"""The lines of the cart's page."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from shop.cart.contents import Line
from shop.catalog.addresses import product_urls
from shop.platform import routes
from shop.platform.language import page_language
from shop.storefront.pictures import picture
from shop.storefront.prices import variant_prices
from shop.storefront.stencils import safe, stencil
from shop.storefront.words import money

WIDTH = "7.5rem"  # of the picture


def line_items(lines: Iterable[tuple[Line, str]]) -> Markup:
    """Return the items of the cart's list. Each line comes with what stands against it now, or nothing."""
    language, addresses_of, price_of = page_language(), _addresses(), variant_prices()
    written = []
    for line, warning in lines:
        words = _words(line) | addresses_of(line)
        words |= {"price": price_of(line.variant, 0), "warning": safe(warning)}
        kind = bool(line.variant.label), bool(warning)
        written.append(stencil(language, "storefront/_line.html", "row", *kind) % words)
    return Markup("".join(written))  # noqa: S704 - of a template, filled with what is safe


def _words(line: Line) -> dict[str, Any]:
    variant = line.variant
    return {
        "pk": line.pk,
        "title": safe(variant.product.title),
        "label": safe(variant.label),
        "picture": picture(variant.picture, WIDTH),
        "quantity": line.quantity,
        "total": safe(money(line.total)),
    }


def _addresses() -> Callable[[Line], dict[str, str]]:
    """Return what names the addresses of many lines."""
    change, after_change = routes.around("cart_line", 0)
    removal, after_removal = routes.around("cart_line_remove", 0)
    url_of = product_urls()

    def addresses(line: Line) -> dict[str, str]:
        variant = line.variant
        return {
            "url": safe(f"{url_of(variant.product.slug)}?variant={quote(variant.sku, safe='')}"),
            "line_url": f"{change}{line.pk}{after_change}",
            "removal_url": f"{removal}{line.pk}{after_removal}",
        }

    return addresses
