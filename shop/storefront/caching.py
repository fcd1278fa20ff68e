"""Catalogue pages: the same bytes for everybody, kept and shown by shop.platform.pages."""

import functools
from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from shop.catalog import freshness
from shop.catalog.cards import Card
from shop.inventory.freshness import availabilities
from shop.platform import pages
from shop.platform.snapshot import snapshot

NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def catalogue_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Make a view public, and let it read everything as of one moment."""

    @functools.wraps(view)
    def of_a_moment(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with snapshot():
            return view(request, *args, **kwargs)

    return public_page(of_a_moment)


def public_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Make a view public: GET only, kept, with an ETag. The view must not read session, user, messages or cookies.

    It has to read with one statement, or within `snapshot()`.
    """

    @require_safe
    @functools.wraps(view)
    def public(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        pages.offer(request)
        pages.depends(request, freshness.TREE)  # every page shows categories
        return view(request, *args, **kwargs)

    return public


def never_kept(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Keep a view's answers out of all caches. Like Django's never_cache, but without `Expires`, which is HTTP/1.0."""

    @functools.wraps(view)
    def personal(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = NEVER
        return response

    return personal


def shows_cards(request: HttpRequest, products: Iterable[Card]) -> None:
    """Say that the page shows these cards, in the order in which they were read."""
    shown = list(products)
    pages.ends_in(request, shown[0].until if shown else freshness.next_publication(pages.began(request)))
    pages.depends(
        request,
        *availabilities([product.id for product in shown]),
        *freshness.pictures([product.cover for product in shown]),
    )
