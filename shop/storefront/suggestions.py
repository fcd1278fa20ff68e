"""What the search field suggests while somebody types: a few categories and products."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog import freshness, results
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront import listing
from shop.storefront.aisles import aisles_are, aisles_of
from shop.storefront.caching import public_page, shows_cards

SHORTEST = 2  # letters; shop.js asks for no less either
CATEGORIES, PRODUCTS = 3, 6
RANKED = 60  # products of those with the words, among which the best are looked for


@CATALOGUE.place()
@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """The options of the search field's list for ?q=; none for a query that is too short."""
    query = listing.words(request.GET)
    if len(query) < SHORTEST:
        return render(request, "storefront/_suggestions.html", {"categories": [], "products": []})
    found = results.read(query, size=PRODUCTS, pool=RANKED)
    if found:
        aisles_are(request, found.categories)
    shown = found.page.rows if found else []
    shows_cards(request, shown)
    pages.depends(request, freshness.inside(None))
    categories = aisles_of(request).named(query)[:CATEGORIES]
    return render(request, "storefront/_suggestions.html", {"categories": categories, "products": shown})
