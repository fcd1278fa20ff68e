from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog import listing
from shop.catalog.models import Category
from shop.platform.lane import CATALOGUE
from shop.storefront.aisles import Aisles, aisles_of
from shop.storefront.caching import catalogue_page

ROWS = (12, 8, 6, 4)  # numbers of category tiles that fill whole rows
ARRIVALS, OFFERS = 8, 4  # full rows on phones and desktops


@catalogue_page
@CATALOGUE.place()
def home(request: HttpRequest) -> HttpResponse:
    arrivals = listing.find(listing.Filters(), size=ARRIVALS).rows
    sale = listing.find(listing.Filters(on_sale=True), size=OFFERS).rows
    return render(
        request, "storefront/home.html", {"surfaces": _surfaces(aisles_of(request)), "arrivals": arrivals, "sale": sale}
    )


def _surfaces(aisles: Aisles) -> list[Category]:
    """As many of the finest categories as fill whole rows."""
    leaves = aisles.leaves
    return leaves[: next((count for count in ROWS if count <= len(leaves)), len(leaves))]
