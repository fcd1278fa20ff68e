from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog import detail, freshness, pictures
from shop.catalog.cards import Card
from shop.catalog.detail import Detail, DetailPicture, DetailVariant
from shop.catalog.listing import Filters, find
from shop.catalog.tree import Node
from shop.inventory import freshness as stock
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront.aisles import aisles_are, aisles_of
from shop.storefront.caching import catalogue_page, shows_cards
from shop.storefront.choice import Choice, choose
from shop.storefront.structured import product_data
from shop.storefront.words import availability, money, saving

RELATED = 4


@CATALOGUE.place()
@catalogue_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "storefront/product.html", contents(request, detail.find_with_tree(slug)))


def contents(request: HttpRequest, read: tuple[Detail, tuple[Node, ...]] | None) -> dict[str, Any]:
    """Return what the template shows of detail.find_with_tree(), and say what a page that is offered is made of.

    Raises Http404.
    """
    if read is None:
        raise Http404
    found, categories = read
    aisles_are(request, categories)
    choice = choose(found, request.GET.get("variant", ""))
    trail = aisles_of(request).trail(_deepest(request, found))
    related = _related(found, trail)
    _depends(request, found, related)
    shown = gallery(found)
    return {
        "product": found,
        "choice": choice,
        "facts": facts(choice) if choice else [],
        "structured": product_data(found, [each.image.fallback_url for each in shown]),
        "pictures": shown,
        "trail": trail,
        "related": related,
    }


def _depends(request: HttpRequest, found: Detail, related: list[Card]) -> None:
    pages.ends_in(request, found.until)
    if related:
        shows_cards(request, related)
    said = (stock.words(variant.pk) for variant in found.variants)
    shown = (freshness.product(pk) for pk in [found.pk, *(card.pk for card in related)])
    pages.depends(request, *said, *shown, *freshness.pictures(each.image for each in found.pictures))


def facts(choice: Choice) -> list[dict[str, Any]]:
    """Return what the page's script says when another variant is chosen: words ready to be shown."""
    by_id = {variant.pk: variant for variant in choice.variants}
    return [_facts(each, pictures.of_variant(each, choice.product.pictures, by_id)) for each in choice.variants]


def _facts(variant: DetailVariant, picture: DetailPicture | None) -> dict[str, Any]:
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
        "available": variant.is_available,
        "picture": picture.image_id if picture else None,
    }


def gallery(product: Detail) -> list[DetailPicture]:
    """Return the pictures once each: one picture may stand for several variants."""
    return list({shown.image_id: shown for shown in reversed(product.pictures)}.values())[::-1]


def _deepest(request: HttpRequest, found: Detail) -> Node | None:
    """The category that says most about where this product is."""
    aisles = aisles_of(request)
    trails = [aisles.trail(aisles.by_id.get(category.id)) for category in found.categories]
    longest = max(trails, key=len, default=[])
    return longest[-1] if longest else None


def _related(found: Detail, trail: list[Node]) -> list[Card]:
    """The newest of the same category, without this one."""
    filters = Filters(category=trail[-1] if trail else None)
    return [other for other in find(filters, size=RELATED + 1).rows if other.pk != found.pk][:RELATED]
