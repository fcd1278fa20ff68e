"""Refuse state-changing requests that another site's page sent.

Catalogue pages are the same bytes for everybody, so they cannot carry a CSRF token. Browsers say by themselves where
a request comes from: Sec-Fetch-Site, or Origin in older ones. A request with neither does not come from a browser of
this decade and carries nobody's cookies by accident. The rule follows "Cross-Site Request Forgery" in Go's net/http
(CrossOriginProtection).
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.translation import gettext as _

WITHOUT_COOKIES = "/api/"  # reads none, so another site's page can send nothing there in a visitor's name
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class CrossOriginMiddleware:
    """Answer 403 to unsafe requests from other origins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or request.path.startswith(WITHOUT_COOKIES) or is_same_origin(request):
            return self.get_response(request)
        return HttpResponseForbidden(
            _("This request came from another site and was refused. Open the shop and try again there.")
        )


def is_same_origin(request: HttpRequest) -> bool:
    """Say whether the browser reports the request as coming from this site itself, or no browser sent it."""
    origin = request.headers.get("Origin")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or _host(origin) == request.get_host()


def _host(origin: str) -> str | None:
    """Host and port; None for what is no address, such as http://["""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
