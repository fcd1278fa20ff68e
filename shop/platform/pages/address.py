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

from shop.platform.language import only_language

FORMAT = "3"  # of what is kept; releases that keep something else have pages of their own
LONGEST = 300  # characters of an address with its host; longer ones are nobody's popular page
SAFE = {"GET", "HEAD"}


@dataclass(frozen=True, eq=False)
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


class Addresses:
    """Names the page of a request. What settings say is read once, as by Django's own middleware."""

    def __init__(self) -> None:
        rows: Any = settings.PUBLIC_PAGES
        self._rows = [
            PublicPages(re.compile(row["pattern"]), frozenset(row.get("parameters", ())), row.get("media_type", ""))
            for row in rows
        ]
        self._hosts = list(settings.ALLOWED_HOSTS)
        self._only_https = settings.SECURE_SSL_REDIRECT
        self._proxy_says = settings.SECURE_PROXY_SSL_HEADER
        self._language = only_language()
        self._release = FORMAT + getattr(staticfiles_storage, "manifest_hash", "")
        self._named = functools.lru_cache(maxsize=1_000)(self._name)  # per-pod: a calculation from its arguments

    def key(self, environ: dict[str, Any]) -> str:
        """Return the name of the page that answers a WSGI request; empty if it has none.

        Static files, language, scheme and host are part of it: a page names files that its pod has, in the visitor's
        language, and some pages name their own address.
        """
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        host = environ.get("HTTP_HOST", environ["SERVER_NAME"])
        if environ["REQUEST_METHOD"] not in SAFE or len(path) + len(query) + len(host) > LONGEST:
            return ""
        pages = self._pages(path)
        if pages is None or not pages.suits(environ.get("HTTP_ACCEPT", "")):
            return ""
        language = self._language or get_language_from_request(WSGIRequest(dict(environ)))
        return self._named(pages, language, self._scheme(environ), host, environ.get("SCRIPT_NAME", ""), path, query)

    def _pages(self, path: str) -> PublicPages | None:
        for row in self._rows:
            if row.pattern.match(path):
                return row
        return None

    def _scheme(self, environ: dict[str, Any]) -> str:
        """As HttpRequest.scheme says, without a request."""
        if self._proxy_says:
            name, secure = self._proxy_says
            said = environ.get(name)
            if said is not None:
                return "https" if said.split(",", 1)[0].strip() == secure else "http"
        return str(environ.get("wsgi.url_scheme", "http"))

    def _name(self, pages: PublicPages, *parts: str) -> str:
        """With the quotes of repr(): a path may hold "?", or whatever else would stand between the parts."""
        _language, scheme, host, *_, query = parts
        if not pages.takes(query) or not self._is_ours(host) or (self._only_https and scheme != "https"):
            return ""
        return f"page:{hashlib.sha256(repr((self._release, *parts)).encode()).hexdigest()[:40]}"

    def _is_ours(self, host: str) -> bool:
        domain, _port = split_domain_port(host)
        return bool(domain) and validate_host(domain, self._hosts)


def has_no_end(environ: dict[str, Any]) -> bool:
    """Say whether anybody can think of any number of such addresses: with a query, or by another name of the host.

    A host may be written in capitals and with any port.
    """
    named = environ.get("HTTP_HOST", "")
    ours = (urlsplit(settings.PUBLIC_URL).netloc, *settings.ALLOWED_HOSTS)
    return bool(environ.get("QUERY_STRING")) or named not in ours
