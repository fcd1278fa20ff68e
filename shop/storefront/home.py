from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog import listing
from shop.storefront.caching import catalogue_page

ARRIVALS, OFFERS = 8, 4  # full rows on phones and desktops


@catalogue_page
def home(request: HttpRequest) -> HttpResponse:
    arrivals = listing.find(listing.Filters(), size=ARRIVALS).rows
    sale = listing.find(listing.Filters(on_sale=True), size=OFFERS).rows
    return render(request, "storefront/home.html", {"arrivals": arrivals, "sale": sale})
