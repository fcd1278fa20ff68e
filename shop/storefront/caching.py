"""Catalogue pages: the same bytes for everybody.

They are kept in the cache for a few seconds, and shown from there while the database is away.
"""

import functools
import hashlib
import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

FRESH = 5  # seconds; how old a price or "only 3 left" on such a page may be. The cart always reads the truth.
KEPT = 24 * 60 * 60  # seconds; how long a page can stand in for the database
LONGEST_ADDRESS = 300  # characters; longer ones are nobody's popular page


def catalogue_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Make a view public: GET only, cached, with an ETag. The view must not read session, user, messages or cookies."""

    @require_safe
    @functools.wraps(view)
    def public(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = _key(request)
        kept: dict[str, Any] | None = cache.get(key) if key else None
        if kept and 0 <= time.time() - kept["at"] < FRESH:
            return _public(request, HttpResponse(kept["body"]))
        try:
            response = view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            if kept:
                return _public(request, HttpResponse(kept["body"]))
            raise
        if key and response.status_code == 200:
            cache.set(key, {"at": time.time(), "body": response.content.decode()}, KEPT)
        return _public(request, response)

    return public


def _key(request: HttpRequest) -> str | None:
    """The release's static files are part of the key: a page must never name a file that its pod does not have."""
    address = request.get_full_path()
    if len(address) > LONGEST_ADDRESS:
        return None
    release = getattr(staticfiles_storage, "manifest_hash", "")
    text = f"{release} {get_language()} {request.get_host()} {address}"
    return f"page:{hashlib.sha256(text.encode()).hexdigest()}"


def _public(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    response["Cache-Control"] = f"public, max-age={FRESH}, stale-if-error={KEPT}"
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
