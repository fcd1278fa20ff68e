"""A page as it is kept, and the answers that are made of it."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from django.http import HttpResponse
from isal import igzip

PACKING = 2  # igzip's level: a seventh of the time of zlib's level 5, for a tenth more bytes
# A CDN in front asks once a second for a page that is asked for, and shows its own for ten seconds while it asks: an
# edit is seen behind it as soon as on the pods, by all but the first visitor after a pause.
CACHING = "public, max-age=1, s-maxage=1, stale-while-revalidate=10, stale-if-error=86400"
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# Headers of one answer, not of the page. A page with a cookie is never kept, so Set-Cookie is not among them.
PASSING = {"content-length", "content-encoding", "server-timing", "x-pod", "date", "connection"}
# Set here, as the last ones. Said with a 304, too, to a receiver whose copy keeps the others (RFC 9110, 15.4.5)
OURS = ("Cache-Control", "Vary", "ETag")
NOT_KEPT = {*PASSING, *(name.lower() for name in OURS)}
END_OF_HEAD = b"\n\0"  # of a page as it is kept

Headers = list[tuple[str, str]]


class Page(NamedTuple):
    """The body, gzipped, with all headers that do not depend on who asks; `route` names the view, for metrics.

    Without its body where the client is known to have it.
    """

    packed: bytes
    headers: Headers
    etag: str
    route: str

    def dump(self) -> bytes:
        """Write etag, route, names and values on a line each, as none of them can hold the end of a line."""
        head = "\n".join([self.etag, self.route, *chain.from_iterable(self.headers)])
        return head.encode() + END_OF_HEAD + self.packed


class Reply(NamedTuple):
    """What is sent: the status, the headers and the body, empty for HEAD and 304."""

    status: int
    headers: Headers
    body: bytes


def load(kept: bytes) -> Page:
    """Raises ValueError for what Page.dump() did not write."""
    head, _, packed = kept.partition(END_OF_HEAD)
    etag, route, *headers = head.decode().split("\n")
    return Page(packed, list(zip(headers[::2], headers[1::2], strict=True)), etag, route)


def made_of(response: HttpResponse, route: str) -> Page:
    """Pack an answer that passed all middleware."""
    packed = igzip.compress(response.content, PACKING, mtime=0)
    etag = f'W/"{hashlib.sha256(packed).hexdigest()[:32]}"'  # weak: packed and unpacked are the same page
    kept = [(name, value) for name, value in response.items() if name.lower() not in NOT_KEPT]
    ours = zip(OURS, (CACHING, _with_encoding(response.get("Vary", "")), etag), strict=True)
    return Page(packed, [*kept, *ours], etag, route)


def _with_encoding(vary: str) -> str:
    names = [name.strip() for name in vary.split(",") if name.strip()]
    return ", ".join(names if "accept-encoding" in vary.lower() else [*names, "Accept-Encoding"])


def reply(page: Page, environ: dict[str, Any]) -> Reply:
    """Answer one WSGI request with a page: 304 to who has it, packed where the client can unpack it."""
    if _has_it(page, environ.get("HTTP_IF_NONE_MATCH", "")):
        return Reply(304, page.headers[-len(OURS) :], b"")
    if ACCEPTS_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", "")):
        body, headers = page.packed, [*page.headers, ("Content-Encoding", "gzip")]
    else:
        body, headers = gzip.decompress(page.packed), list(page.headers)
    headers.append(("Content-Length", str(len(body))))
    return Reply(200, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body)


def _has_it(page: Page, known: str) -> bool:
    if known in {"", page.etag}:
        return bool(known)
    return known.strip() == "*" or page.etag.removeprefix("W/") in _etags(known)


def _etags(header: str) -> Iterable[str]:
    return (tag.strip().removeprefix("W/") for tag in header.split(","))
