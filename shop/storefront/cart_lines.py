"""The lines of the cart's page."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.utils.translation import get_language
from markupsafe import Markup, escape

from shop.cart.contents import Line
from shop.catalog.addresses import product_url
from shop.platform import routes
from shop.storefront.pictures import picture
from shop.storefront.prices import variant_price
from shop.storefront.stencils import stencil
from shop.storefront.words import money

WIDTH = "7.5rem"  # of the picture


def line_items(lines: Iterable[tuple[Line, str]]) -> Markup:
    """Return the items of the cart's list. Each line comes with what stands against it now, or nothing."""
    written = [
        stencil(get_language(), "storefront/_line.html", "row", bool(line.variant.label), bool(warning))
        % (_words(line) | _addresses(line) | {"warning": escape(warning)})
        for line, warning in lines
    ]
    return Markup("".join(written))  # noqa: S704 - of a template, filled with what is safe


def _words(line: Line) -> dict[str, Any]:
    variant = line.variant
    return {
        "pk": line.pk,
        "title": escape(variant.product.title),
        "label": escape(variant.label),
        "picture": picture(variant.picture, WIDTH),
        "price": variant_price(variant),
        "quantity": line.quantity,
        "total": escape(money(line.total)),
    }


def _addresses(line: Line) -> dict[str, str]:
    variant = line.variant
    (change, after_change), (removal, after_removal) = (
        routes.around("cart_line", 0),
        routes.around("cart_line_remove", 0),
    )
    return {
        "url": escape(f"{product_url(variant.product.slug)}?variant={quote(variant.sku, safe='')}"),
        "line_url": f"{change}{line.pk}{after_change}",
        "removal_url": f"{removal}{line.pk}{after_removal}",
    }
