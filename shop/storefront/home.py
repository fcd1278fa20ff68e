from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog import freshness, listing
from shop.catalog.tree import Node
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront.aisles import Aisles, aisles_of
from shop.storefront.caching import catalogue_page, shows_cards

ROWS = (12, 8, 6, 4)  # numbers of category tiles that fill whole rows
ARRIVALS, OFFERS = 8, 4  # full rows on phones and desktops


@CATALOGUE.place()
@catalogue_page
def home(request: HttpRequest) -> HttpResponse:
    arrivals = listing.find(listing.Filters(), size=ARRIVALS).rows
    sale = listing.find(listing.Filters(on_sale=True), size=OFFERS).rows
    shows_cards(request, [*arrivals, *sale])
    pages.depends(request, freshness.inside(None))
    surfaces = _surfaces(aisles_of(request, pictured=True))
    return render(request, "storefront/home.html", {"surfaces": surfaces, "arrivals": arrivals, "sale": sale})


def _surfaces(aisles: Aisles) -> list[Node]:
    """As many of the finest categories as fill whole rows."""
    leaves = aisles.leaves
    return leaves[: next((count for count in ROWS if count <= len(leaves)), len(leaves))]
