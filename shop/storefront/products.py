"""Lists of products: everything, what a search found, one category."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shop.catalog import freshness, results, shelf
from shop.catalog.cards import Card
from shop.catalog.facets import Facets, facets, of_kept, of_search
from shop.catalog.listing import Filters, find
from shop.catalog.tree import Node
from shop.platform import pages
from shop.platform.keyset import Page
from shop.platform.lane import CATALOGUE
from shop.platform.snapshot import snapshot
from shop.storefront import listing
from shop.storefront.aisles import aisles_are, aisles_of, roots_are
from shop.storefront.caching import public_page, shows_cards
from shop.storefront.panel import orders
from shop.storefront.words import found_for

OPTIONS_SHOWN = 6  # options beside a list; imported catalogues may have dozens


@CATALOGUE.place()
@public_page
def products(request: HttpRequest) -> HttpResponse:
    """One statement where nothing but a page of a search is asked for."""
    query = listing.words(request.GET) if request.GET.keys() <= {"q", "cursor"} else ""
    found = results.read(query, cursor=request.GET.get("cursor"), roots=True) if query else None
    if found is None:
        with snapshot():
            return _read(request, listing.read(request.GET, aisles_of(request), None), None)
    roots_are(request, found.categories)
    return _show(request, Filters(query=query), None, found.page, of_search(found.found), guess=found.found.guess)


@CATALOGUE.place()
@public_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One statement where nothing but a page of it is asked for."""
    found = shelf.read(slug, cursor=request.GET.get("cursor")) if request.GET.keys() <= {"cursor"} else None
    if found is None:
        with snapshot():
            return _narrowed(request, slug)
    page_of = aisles_are(request, found.categories).find(slug)
    return _show(request, Filters(category=page_of), page_of, found.page, of_kept(found.counts))


def _narrowed(request: HttpRequest, slug: str) -> HttpResponse:
    found = aisles_of(request, described=slug).find(slug)
    if found is None:
        raise Http404
    return _read(request, listing.read(request.GET, aisles_of(request), found), found)


def _read(request: HttpRequest, filters: Filters, page_of: Node | None) -> HttpResponse:
    """In the snapshot that the list is read in: what that says of later products is true of the counts."""
    page = find(filters, cursor=request.GET.get("cursor"))
    counts = facets(filters, waiting=not page.rows or page.rows[0].until is not None)
    guess = filters.found.guess if filters.query and page.rows else ""
    return _show(request, filters, page_of, page, counts, guess=guess)


def _show(
    request: HttpRequest, filters: Filters, page_of: Node | None, page: Page[Card], counts: Facets, *, guess: str = ""
) -> HttpResponse:
    """`guess`: words that were looked for, as those typed are nowhere."""
    shows_cards(request, page.rows)
    pages.depends(request, freshness.inside(filters.category))
    heading, url_of = _heading(filters, page_of), listing.with_value(request, "cursor")
    context = {
        "filters": filters,
        "category": page_of,
        "trail": aisles_of(request).trail(filters.category),
        "heading": heading,
        "crumb_end": heading if filters.query or not filters.category else "",
        "branches": aisles_of(request).below(page_of) if page_of else [],
        "guess": guess,
        "products": page.rows,
        "page": page,
        "orders": orders(listing.sorts(filters), filters.order),
        "next_url": url_of(page.next or ""),
        "previous_url": url_of(page.previous or ""),
        **_narrowing(request, filters, page_of, counts),
    }
    return render(request, "storefront/list.html", context)


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
        return found_for(filters.query)
    if filters.category:
        return filters.category.name
    return _("On sale") if filters.on_sale else _("Everything")
