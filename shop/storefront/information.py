"""What the shop says about itself: imprint, terms, and whatever else staff write."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shop.catalog.html import plain_text
from shop.information import services as information
from shop.information.models import EXPECTED, Page
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront.caching import catalogue_page


@CATALOGUE.place()
@catalogue_page
def overview(request: HttpRequest) -> HttpResponse:
    pages.depends(request, information.TAG)
    written = list(Page.objects.written().only("slug", "title"))
    return render(request, "storefront/information.html", {"written": written})


@CATALOGUE.place()
@catalogue_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One that the footer leads to and that is not written yet says so; of others there is nothing."""
    pages.depends(request, information.TAG)
    shown = Page.objects.written().filter(slug=slug).first()
    if shown is None and slug not in EXPECTED:
        raise Http404
    context = {
        "shown": shown,
        "title": shown.title if shown else EXPECTED[slug],
        "said": plain_text(shown.body_html) if shown else "",
    }
    return render(request, "storefront/information_page.html", context)
