"""Old addresses of uploaded files, which pages, mails and search engines go on asking for."""

import logging
import mimetypes
import posixpath
import re
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage, storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

from shop.stateless.bridge.storage import BridgingStorage

logger = logging.getLogger(__name__)
REMEMBERED = 300  # seconds that a browser may keep a redirection; shorter than a signed address lives
# An upload may be a page with scripts, and is served under the site's own name: nothing in it may run.
HARMLESS = re.compile(r"(image/(?!svg)|audio/|video/|font/|application/pdf$|text/(plain|csv)$)")
NO_SCRIPTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"


@require_safe
def media(request: HttpRequest, name: str, storage: str = "default") -> HttpResponseBase:
    """Send the browser to the new place, or give it the file that only the old one has.

    Put it where MEDIA_URL points: `path("media/<path:name>", media)`. It works with a BridgingStorage and, when the
    move is over, with the new storage alone: then it redirects without a look. `storage` is an alias of STORAGES.
    """
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\0" in name:
        raise Http404(name)
    place = storages[storage]
    try:
        return _answer(request, place, name)
    except (SuspiciousFileOperation, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404(name) from error


def _answer(request: HttpRequest, place: Storage, name: str) -> HttpResponseBase:
    if not isinstance(place, BridgingStorage):
        return _elsewhere(request, place, name)
    try:
        carried = place.new.exists(name)
    except Exception as error:  # noqa: BLE001 - a storage of others; the old place may have the file
        logger.warning("The new storage cannot be asked for %s: %r", name, error)
        return _file(request, place.old, name) if place.old.exists(name) else _later()
    return _elsewhere(request, place.new, name) if carried else _file(request, place.old, name)


def _elsewhere(request: HttpRequest, place: Storage, name: str) -> HttpResponseBase:
    """The file itself, if the new storage gives out the very address that was asked for."""
    address = place.url(name)
    there = urlsplit(request.build_absolute_uri(address))
    if (there.netloc, there.path) == (request.get_host(), urlsplit(request.build_absolute_uri()).path):
        return _file(request, place, name)
    answer = HttpResponseRedirect(address)
    answer["Cache-Control"] = f"max-age={REMEMBERED}"
    return answer


def _file(request: HttpRequest, place: Storage, name: str) -> HttpResponseBase:
    content_type, encoding = mimetypes.guess_type(name)
    content = place.open(name)
    changed_at = place.get_modified_time(name).timestamp()
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed_at):
        content.close()
        return HttpResponse(status=304)
    answer = FileResponse(content, content_type=content_type or "application/octet-stream")
    answer["Last-Modified"] = http_date(changed_at)
    answer["X-Content-Type-Options"] = "nosniff"
    if not HARMLESS.match(content_type or ""):
        answer["Content-Security-Policy"] = NO_SCRIPTS
    if encoding:
        answer["Content-Encoding"] = encoding
    return answer


def _later() -> HttpResponse:
    answer = HttpResponse("This file cannot be reached at the moment.", status=503, content_type="text/plain")
    answer["Retry-After"] = "5"
    return answer
