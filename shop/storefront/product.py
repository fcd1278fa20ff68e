from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from shop.catalog import freshness, pictures
from shop.catalog.cards import Card
from shop.catalog.listing import Filters, find
from shop.catalog.models import Category, Product, ProductImage, Variant
from shop.inventory import freshness as stock
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront.aisles import aisles_of
from shop.storefront.caching import catalogue_page, shows_cards
from shop.storefront.choice import Choice, choose, is_available
from shop.storefront.words import availability, money, saving

RELATED = 4


@CATALOGUE.place()
@catalogue_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Product.objects.public().for_page(), slug=slug)
    choice = choose(found, list(found.variants.all()), request.GET.get("variant", ""))
    trail = aisles_of(request).trail(_deepest(request, found))
    related = _related(found, trail)
    _depends(request, found, related)
    context = {
        "product": found,
        "choice": choice,
        "facts": facts(choice) if choice else [],
        "pictures": gallery(found),
        "trail": trail,
        "related": related,
    }
    return render(request, "storefront/product.html", context)


def _depends(request: HttpRequest, found: Product, related: list[Card]) -> None:
    shows_cards(request, related)
    said = (stock.words(variant.pk) for variant in found.variants.all())
    shown = (freshness.product(pk) for pk in [found.pk, *(card.pk for card in related)])
    pages.depends(request, *said, *shown, *freshness.pictures(each.image for each in found.images.all()))


def facts(choice: Choice) -> list[dict[str, Any]]:
    """Return what the page's script says when another variant is chosen: words ready to be shown."""
    shown = list(choice.product.images.all())
    by_id = {variant.pk: variant for variant in choice.variants}
    return [_facts(variant, pictures.of_variant(variant, shown, by_id)) for variant in choice.variants]


def _facts(variant: Variant, picture: ProductImage | None) -> dict[str, Any]:
    words, mood = availability(variant)
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "values": variant.option_values,
        "now": money(variant.price),
        "was": money(variant.compare_at_price) if variant.on_sale else "",
        "saved": saving(variant),
        "stock": words,
        "mood": mood,
        "available": is_available(variant),
        "picture": picture.image_id if picture else None,
    }


def gallery(product: Product) -> list[ProductImage]:
    """Return the pictures once each: one picture may stand for several variants."""
    return list({shown.image_id: shown for shown in reversed(product.images.all())}.values())[::-1]


def _deepest(request: HttpRequest, found: Product) -> Category | None:
    """The category that says most about where this product is. Its facets name all it is in, so no query does."""
    aisles = aisles_of(request)
    trails = [aisles.trail(category) for category in aisles.everything if f"c:{category.pk}" in found.facets]
    longest = max(trails, key=len, default=[])
    return longest[-1] if longest else None


def _related(found: Product, trail: list[Category]) -> list[Card]:
    """The newest of the same category, without this one."""
    filters = Filters(category=trail[-1] if trail else None)
    return [other for other in find(filters, size=RELATED + 1).rows if other.pk != found.pk][:RELATED]
