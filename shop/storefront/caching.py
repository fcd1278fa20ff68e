"""Catalogue pages: the same bytes for everybody.

They are kept in the cache, packed, for a few seconds, and shown from there while the database is away.
"""

import base64
import functools
import gzip
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

FRESH = 5  # seconds; how old a price or "only 3 left" on such a page may be. The cart always reads the truth.
KEPT = 24 * 60 * 60  # seconds; how long a page can stand in for the database
KEPT_BRIEFLY = 10 * 60  # seconds, for searches and filtered lists: there is no end of them
LONGEST_ADDRESS = 300  # characters; longer ones are nobody's popular page
# What these pages read of an address. Others change nothing, so there is no end of addresses of the same page.
PARAMETERS = {"q", "category", "sort", "o", "min", "max", "sale", "cursor", "variant"}
PACKING = 5  # gzip's level: most of the gain for a millisecond
ACCEPTS_GZIP = re.compile(r"\bgzip\b")


@dataclass(frozen=True)
class Page:
    """A page as it travels, gzipped; `at` is when it was made, in seconds since 1970."""

    packed: bytes
    at: float = field(default_factory=time.time)

    @property
    def is_fresh(self) -> bool:
        return 0 <= time.time() - self.at < FRESH

    @property
    def etag(self) -> str:
        """Weak, because packed and unpacked are the same page."""
        return f'W/"{hashlib.sha256(self.packed).hexdigest()[:32]}"'


def catalogue_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Make a view public: GET only, cached, with an ETag. The view must not read session, user, messages or cookies."""

    @require_safe
    @functools.wraps(view)
    def public(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = _key(request)
        kept = _find(key)
        if kept and kept.is_fresh:
            return _answer(request, kept)
        try:
            response = view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            if kept:
                return _answer(request, kept)
            raise
        if response.status_code != HTTPStatus.OK:
            return response
        page = Page(gzip.compress(response.content, PACKING, mtime=0))
        _keep(key, page, KEPT_BRIEFLY if request.META["QUERY_STRING"] else KEPT)
        return _answer(request, page)

    return public


def _key(request: HttpRequest) -> str:
    """The release's static files are part of the key: a page must never name a file that its pod does not have."""
    release = getattr(staticfiles_storage, "manifest_hash", "")
    text = f"{release} {get_language()} {request.get_host()} {request.get_full_path()}"
    if len(request.get_full_path()) > LONGEST_ADDRESS or not PARAMETERS.issuperset(request.GET):
        return ""
    return f"page:{hashlib.sha256(text.encode()).hexdigest()}"


def _find(key: str) -> Page | None:
    found: dict[str, Any] = (cache.get(key) if key else None) or {}
    if not found.keys() >= {"packed", "at"}:  # nothing, or what a pod of another release keeps there
        return None
    return Page(base64.b64decode(found["packed"]), found["at"])


def _keep(key: str, page: Page, seconds: int) -> None:
    if key:
        cache.set(key, {"packed": base64.b64encode(page.packed).decode(), "at": page.at}, seconds)


def _answer(request: HttpRequest, page: Page) -> HttpResponseBase:
    packs = ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(page.packed if packs else gzip.decompress(page.packed))
    if packs:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = f"public, max-age={FRESH}, stale-if-error={KEPT}"
    response["ETag"] = page.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=page.etag, response=response) or response
