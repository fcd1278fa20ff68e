"""The catalogue as the API shows it: plain values for JSON. serializers.catalog documents the same; a test compares."""

from typing import Any

from django.conf import settings

from shop.api.answers.money import price
from shop.catalog.cards import Card
from shop.platform.picture import Picture


def card(found: Card) -> dict[str, Any]:
    """A product in a list."""
    former = found.compare_at_price if found.on_sale else None
    return {
        "slug": found.slug,
        "title": found.title,
        "vendor": found.vendor,
        "product_type": found.product_type,
        "url": settings.PUBLIC_URL + found.get_absolute_url(),
        "min_price": price(found.min_price),
        "max_price": price(found.max_price),
        "compare_at_price": None if former is None else price(former),
        "on_sale": found.on_sale,
        "available": found.available,
        "picture": picture(found.cover, found.title) if found.cover else None,
    }


def picture(shown: Picture, title: str = "") -> dict[str, Any]:
    """`title`: said of a picture without words of its own."""
    return {
        "url": shown.fallback_url,
        "width": shown.width,
        "height": shown.height,
        "alt": shown.alt or title,
        "srcset": {"webp": shown.webp_srcset, "jpeg": shown.jpeg_srcset},
    }
