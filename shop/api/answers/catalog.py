"""The catalogue as the API shows it: plain values for JSON. serializers.catalog documents the same; a test compares."""

from typing import Any

from django.conf import settings

from shop.api.answers.money import price
from shop.catalog.addresses import product_urls
from shop.catalog.cards import Card
from shop.catalog.detail import Detail, DetailVariant
from shop.catalog.models import Category
from shop.platform.picture import Picture, of_image


def cards(found: list[Card]) -> list[dict[str, Any]]:
    """A list of products."""
    url_of, root, currency = product_urls(), settings.PUBLIC_URL, settings.SHOP_CURRENCY
    return [_card(each, root + url_of(each.slug), currency) for each in found]


def _card(found: Card | Detail, url: str, currency: str) -> dict[str, Any]:
    on_sale, cover = found.on_sale, found.cover
    return {
        "slug": found.slug,
        "title": found.title,
        "vendor": found.vendor,
        "product_type": found.product_type,
        "url": url,
        "min_price": price(found.min_price, currency),
        "max_price": price(found.max_price, currency),
        "compare_at_price": price(found.compare_at_price, currency) if on_sale and found.compare_at_price else None,
        "on_sale": on_sale,
        "available": found.available,
        "picture": picture(cover, found.title) if cover else None,
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


def product(found: Detail) -> dict[str, Any]:
    """A product with all that its page shows."""
    currency = settings.SHOP_CURRENCY
    return {
        **_card(found, settings.PUBLIC_URL + found.get_absolute_url(), currency),
        "body_html": found.body_html,
        "options": _options(found),
        "variants": [_variant(variant, found.option_names, currency) for variant in found.variants],
        "pictures": [{**picture(shown.image), "variant": shown.variant_id} for shown in found.pictures],
        "categories": [{"slug": each.slug, "name": each.name} for each in found.categories],
        "tags": found.tags,
        "attributes": found.attributes,
        "seo_title": found.seo_title,
        "seo_description": found.seo_description,
        "published_at": found.published_at.isoformat().replace("+00:00", "Z"),
    }


def _options(found: Detail) -> list[dict[str, Any]]:
    """Each option with its values in the order of the variants."""
    rows = [variant.option_values for variant in found.variants]
    return [
        {"name": name, "values": list(dict.fromkeys(row[index] for row in rows if index < len(row)))}
        for index, name in enumerate(found.option_names)
    ]


def _variant(found: DetailVariant, option_names: list[str], currency: str) -> dict[str, Any]:
    """What is put into a cart."""
    former = found.compare_at_price if found.on_sale else None
    return {
        "id": found.pk,
        "sku": found.sku,
        "label": found.label,
        "options": dict(zip(option_names, found.option_values, strict=False)),
        "price": price(found.price, currency),
        "compare_at_price": None if former is None else price(former, currency),
        "available": found.is_available,
        "pieces_left": found.left,
    }


def category(found: Category, parent: str | None) -> dict[str, Any]:
    """A node of the tree; `parent` is the parent's slug."""
    return {
        "slug": found.slug,
        "name": found.name,
        "description": found.description,
        "parent": parent,
        "url": settings.PUBLIC_URL + found.get_absolute_url(),
        "picture": picture(of_image(found.image, alt=found.name)) if found.image else None,
    }
