"""Traces for OpenTelemetry: one from a request through its outbox messages to the work of the workers.

Off, and nothing of OpenTelemetry loaded, unless OTEL_EXPORTER_OTLP_ENDPOINT says where they go. All else is said by
OpenTelemetry's own variables, such as OTEL_TRACES_SAMPLER or OTEL_SERVICE_NAME. A span holds no personal data: it names
a route, not a path, and a statement with its placeholders, not their values.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
KEY = "shop.trace_id"  # where in the WSGI environment the request's trace is named


def with_traces(application: Application) -> Application:
    """Wrap a WSGI application: a span for each request, with one for each statement within."""
    if not settings.TRACES:
        return application
    from shop.platform.traces import spans

    return spans.with_spans(application)


def known(method: str) -> str:
    """Return a method as traces and metrics name it. Anybody can think of more, and each would be a series for ever."""
    return method if method in METHODS else "_OTHER"


def took(route: str) -> None:
    """Name the request's span by the route it took."""
    if settings.TRACES:
        from shop.platform.traces import spans

        spans.took(route)


def parent() -> str:
    """Return what is under way as a W3C `traceparent`, for a message to carry; empty if nothing is traced."""
    if not settings.TRACES:
        return ""
    from shop.platform.traces import spans

    return spans.parent()


def work(topic: str, *, message_id: int, caused_by: str) -> AbstractContextManager[None]:
    """Within is the work on a message that `caused_by` (a `traceparent`, or empty) led to."""
    if not settings.TRACES:
        return nullcontext()
    from shop.platform.traces import spans

    return spans.work(topic, message_id=message_id, caused_by=caused_by)


def flush() -> None:
    """Send what was not sent yet, in bounded time; for processes that end without Python's own end."""
    if settings.TRACES:
        from shop.platform.traces import spans

        spans.flush()
