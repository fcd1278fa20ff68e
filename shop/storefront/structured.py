"""What a product's page tells search engines: a Product of schema.org, as JSON-LD."""

from typing import Any

import orjson
from django.conf import settings
from markupsafe import Markup

from shop.catalog.detail import Detail

IN_STOCK, SOLD_OUT = "https://schema.org/InStock", "https://schema.org/OutOfStock"


def product_data(product: Detail, pictures: list[str]) -> Markup:
    """Return the JSON of a product, safe within a script element. `pictures`: whole addresses."""
    said = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": product.description[:5000],  # as many characters as Google reads
        "category": product.product_type,
        "brand": {"@type": "Brand", "name": product.vendor} if product.vendor else None,
        "sku": product.variants[0].sku if len(product.variants) == 1 else None,
        "image": pictures,
        "offers": _offers(product) if product.variants else None,
    }
    written = orjson.dumps({name: value for name, value in said.items() if value}).decode()
    return Markup(written.replace("<", "\\u003c"))  # noqa: S704 - nothing can end the element


def _offers(product: Detail) -> dict[str, Any]:
    """One price, or the least and the highest of several."""
    common = {
        "url": settings.PUBLIC_URL + product.get_absolute_url(),
        "priceCurrency": settings.SHOP_CURRENCY,
        "availability": IN_STOCK if product.available else SOLD_OUT,
    }
    if not product.has_price_range:
        return {"@type": "Offer", **common, "price": str(product.min_price)}
    prices = {"lowPrice": str(product.min_price), "highPrice": str(product.max_price)}
    return {"@type": "AggregateOffer", **common, **prices, "offerCount": len(product.variants)}
