"""One name for all that a request causes: its log lines, its outbox messages, the work on those, the mails.

The load balancer gives it (X-Request-ID, or the root of X-Amzn-Trace-Id), else this pod does. While a request or a
message is worked on it is among structlog's context variables, so every log line carries it.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

HEADER = "X-Request-ID"
KEY = "shop.request_id"  # where it is in the WSGI environment
LONGEST = 64  # characters
# Nothing that could be an address of e-mail, end a line, or have to be escaped in a header, a log or a shell
VALID = re.compile(rf"[A-Za-z0-9_-]{{8,{LONGEST}}}")
AMAZON_ROOT = re.compile(r"(?:^|;)\s*Root=([^;\s]+)")


def with_request_id(application: Application) -> Application:
    """Wrap a WSGI application: name each request, and say the name in the response."""

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        name = environ[KEY] = given(environ) or secrets.token_hex(16)
        bind_contextvars(request_id=name)  # until the thread's next request: the access log is written after the answer

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (HEADER, name)], *error)

        return application(environ, start)

    return wrapped


def given(environ: Environ) -> str:
    """Return the name that the load balancer gave; empty if it gave none, or one that is not plain."""
    trace = environ.get("HTTP_X_AMZN_TRACE_ID", "")
    root = AMAZON_ROOT.search(trace) if trace else None
    for name in (environ.get("HTTP_X_REQUEST_ID", ""), root[1] if root else ""):
        if name and VALID.fullmatch(name):
            return str(name)
    return ""


def current() -> str:
    """Return the name of what is worked on; empty in what no request caused, such as housekeeping."""
    return str(get_contextvars().get("request_id") or "")


def topic() -> str:
    """Return the topic of the message that is worked on; empty if there is none."""
    return str(get_contextvars().get("topic") or "")


@contextmanager
def message(message_id: int) -> Iterator[None]:
    """Within, log lines carry a message's id, and what `caused_by` says of it."""
    with bound_contextvars(message_id=message_id, topic="", request_id=""):
        yield


def caused_by(request_id: str, *, topic: str) -> None:
    """Say which request caused the message, and what it is about."""
    bind_contextvars(request_id=request_id, topic=topic)
