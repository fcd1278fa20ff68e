"""Bodies of requests as Django can read them, whatever a client makes of HTTP."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

CHUNK = 64 * 1024  # bytes; so much of a body that nobody wanted is read by gunicorn itself
CHARSET = re.compile(r"""\s*;\s*charset\s*=\s*("[^"]*"|[^;]*)""", re.IGNORECASE)


def with_bodies(application: Application) -> Application:
    """Wrap a WSGI application: bodies of unknown length and in unknown characters are read as well as others."""

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body, unknown = environ["wsgi.input"], bool(environ.get("HTTP_TRANSFER_ENCODING"))
        if unknown:
            _gather(environ)
        elif int(environ.get("CONTENT_LENGTH") or 0) > CHUNK:
            environ["wsgi.input"] = _Whole(body, int(environ["CONTENT_LENGTH"]))
        if "charset" in environ.get("CONTENT_TYPE", "").lower():
            _forget_unknown_charset(environ)
        answer = application(environ, start_response)
        if unknown or int(environ.get("CONTENT_LENGTH") or 0) > CHUNK:
            _finish(body)
        return answer

    return wrapped


class _Whole:
    """A body that ends early is an error: half a form must not be taken for a form. Shorter ones arrive whole."""

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        """Raises ConnectionAbortedError."""
        return self._counted(self._body.read(self._left if size < 0 else size))

    def readline(self, size: int = -1) -> bytes:
        """Raises ConnectionAbortedError."""
        return self._counted(self._body.readline(self._left if size < 0 else size))

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if not data and self._left > 0:
            raise ConnectionAbortedError("the body ended early")
        return data


def _gather(environ: Environ) -> None:
    """Give a body that came in pieces its length, without which Django takes it for empty.

    Of one that is too long there is just so much that Django refuses it.
    """
    environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    environ["CONTENT_LENGTH"] = str(environ["wsgi.input"].getbuffer().nbytes)


def _forget_unknown_charset(environ: Environ) -> None:
    """Let a charset by which Python cannot read every text count as none, that is UTF-8.

    Django takes any codec that Python knows, such as rot13 or idna, and fails while reading.
    """
    for named in CHARSET.findall(environ["CONTENT_TYPE"]):
        try:
            b"a\xff\x00".decode(named.strip('" '), "replace")
        except (LookupError, ValueError):
            environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])


def _finish(body: Any) -> None:
    """Read what was refused unread. Closing the connection in the middle of it would lose the answer: a 502.

    That of a form with one picture too many, but not without end.
    """
    most: int = settings.UPLOAD_MAX_BYTES + settings.IMAGE_MAX_BYTES
    with suppress(OSError):  # its sender is gone, or too slow: there may be nobody to answer, and it is no fault
        for _ in range(most // CHUNK + 1):
            if not body.read(CHUNK):
                return
