"""Lists of products: everything, what a search found, one category."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shop.catalog import freshness
from shop.catalog.cards import Card
from shop.catalog.facets import Facets, facets
from shop.catalog.listing import Filters, find
from shop.catalog.tree import Node
from shop.platform import pages
from shop.platform.lane import CATALOGUE
from shop.storefront import listing
from shop.storefront.aisles import aisles_of
from shop.storefront.caching import catalogue_page, shows_cards

OPTIONS_SHOWN = 6  # options beside a list; imported catalogues may have dozens


@CATALOGUE.place()
@catalogue_page
def products(request: HttpRequest) -> HttpResponse:
    filters = listing.read(request.GET, aisles_of(request), None)
    return _show(request, filters, None)


@CATALOGUE.place()
@catalogue_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = aisles_of(request, described=slug).find(slug)
    if found is None:
        raise Http404
    return _show(request, listing.read(request.GET, aisles_of(request), found), found)


def _show(request: HttpRequest, filters: Filters, page_of: Node | None) -> HttpResponse:
    page = find(filters, cursor=request.GET.get("cursor"))
    shows_cards(request, page.rows)
    pages.depends(request, freshness.inside(filters.category))
    context = {
        "filters": filters,
        "category": page_of,
        "trail": aisles_of(request).trail(filters.category),
        "heading": _heading(filters, page_of),
        "crumb_end": _heading(filters, page_of) if filters.query or not filters.category else "",
        "branches": aisles_of(request).below(page_of) if page_of else [],
        "products": page.rows,
        "page": page,
        "sorts": listing.sorts(filters),
        "next_url": listing.with_values(request, cursor=page.next or ""),
        "previous_url": listing.with_values(request, cursor=page.previous or ""),
        **_narrowing(request, filters, page_of, _counted(filters, page.rows)),
    }
    return render(request, "storefront/list.html", context)


def _counted(filters: Filters, shown: list[Card]) -> Facets:
    """In the snapshot that the list was read in: what that says of later products is true of the counts."""
    return facets(filters, waiting=not shown or shown[0].until is not None)


def _narrowing(request: HttpRequest, filters: Filters, page_of: Node | None, counts: Facets) -> dict[str, Any]:
    return {
        "total": counts.total,
        "chips": list(listing.chips(request, filters, scoped=page_of is not None)),
        "clear_url": request.path,
        "options": dict(list(counts.options.items())[:OPTIONS_SHOWN]),
        "price_ranges": listing.price_ranges(request, filters, counts),
        "sections": listing.sections(request, aisles_of(request), filters, counts, page_of),
    }


def _heading(filters: Filters, page_of: Node | None) -> str:
    if page_of:
        return page_of.name
    if filters.query:
        return _("Found for “%(query)s”") % {"query": filters.query}
    if filters.category:
        return filters.category.name
    return _("On sale") if filters.on_sale else _("Everything")
