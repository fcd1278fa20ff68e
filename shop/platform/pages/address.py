"""Which requests have a page that is the same for everybody, and what that page is called in Redis."""

import functools
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIRequest
from django.http.request import split_domain_port, validate_host
from django.utils.translation import get_language_from_request

FORMAT = "3"  # of what is kept; releases that keep something else have pages of their own
LONGEST = 300  # characters; longer addresses are nobody's popular page
SAFE = {"GET", "HEAD"}


@dataclass(frozen=True)
class PublicPages:
    """A row of settings.PUBLIC_PAGES: addresses that match `pattern` from their beginning.

    `parameters`: what those pages read of the query string; others change nothing, so there would be no end of
    addresses of the same page. `media_type`: what they answer with, where a client that does not accept it is refused.
    """

    pattern: re.Pattern[str]
    parameters: frozenset[str]
    media_type: str

    def takes(self, query: str) -> bool:
        return not query or self.parameters.issuperset(name for name, _ in parse_qsl(query, keep_blank_values=True))

    def suits(self, accepted: str) -> bool:
        return not self.media_type or not accepted or "*/*" in accepted or self.media_type in accepted


def key(environ: dict[str, Any]) -> str:
    """Return the name of the page that answers a WSGI request; empty if it has none.

    Static files, language, scheme and host are part of it: a page names files that its pod has, in the visitor's
    language, and some pages name their own address.
    """
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in SAFE or len(path) + len(query) > LONGEST:
        return ""
    pages = _pages(path)
    if pages is None or not pages.takes(query) or not pages.suits(environ.get("HTTP_ACCEPT", "")):
        return ""
    host, scheme = environ.get("HTTP_HOST", environ["SERVER_NAME"]), _scheme(environ)
    if not _is_ours(host) or (settings.SECURE_SSL_REDIRECT and scheme != "https"):
        return ""
    return _name(_release(), _language(environ), scheme, host, environ.get("SCRIPT_NAME", ""), path, query)


@functools.lru_cache(maxsize=1_000)  # per-pod: a calculation from its arguments
def _name(*parts: str) -> str:
    """With the quotes of repr(): a path may hold "?", or whatever else would stand between the parts."""
    return f"page:{hashlib.sha256(repr(parts).encode()).hexdigest()[:40]}"


def has_no_end(environ: dict[str, Any]) -> bool:
    """Say whether anybody can think of any number of such addresses: with a query, or by another name of the host.

    A host may be written in capitals and with any port.
    """
    named = environ.get("HTTP_HOST", "")
    ours = (urlsplit(settings.PUBLIC_URL).netloc, *settings.ALLOWED_HOSTS)
    return bool(environ.get("QUERY_STRING")) or named not in ours


def _pages(path: str) -> PublicPages | None:
    for row in _rows():
        if row.pattern.match(path):
            return row
    return None


@functools.cache  # per-pod: read from settings
def _rows() -> list[PublicPages]:
    rows: Any = settings.PUBLIC_PAGES
    return [
        PublicPages(re.compile(row["pattern"]), frozenset(row.get("parameters", ())), row.get("media_type", ""))
        for row in rows
    ]


def _scheme(environ: dict[str, Any]) -> str:
    """As HttpRequest.scheme says, without a request."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        said = environ.get(name)
        if said is not None:
            return "https" if said.split(",", 1)[0].strip() == secure else "http"
    return str(environ.get("wsgi.url_scheme", "http"))


def _is_ours(host: str) -> bool:
    return _is_allowed(host, tuple(settings.ALLOWED_HOSTS))


@functools.lru_cache(maxsize=256)  # per-pod: a calculation from its arguments
def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


@functools.cache  # per-pod: the files of this release
def _release() -> str:
    return FORMAT + getattr(staticfiles_storage, "manifest_hash", "")


def _language(environ: dict[str, Any]) -> str:
    if len(settings.LANGUAGES) == 1:
        return str(settings.LANGUAGE_CODE)
    return get_language_from_request(WSGIRequest(dict(environ)))
