"""What `shop.platform.traces` does where it is on. Nothing else imports OpenTelemetry."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bind_contextvars, bound_contextvars

from shop.platform.traces import KEY, known

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
LONGEST = 2_000  # characters of a statement
# A collector that is slow or away: requests never wait for it, spans that do not fit are thrown away, and what is left
# when a process stops costs it four seconds at most: two batches.
PATIENCE = 2  # seconds for a batch of 512
BOUNDS = {"OTEL_EXPORTER_OTLP_TIMEOUT": str(PATIENCE), "OTEL_BSP_MAX_QUEUE_SIZE": "1024"}
W3C = TraceContextTextMapPropagator()


@functools.cache  # per-pod: one exporter for each process
def _provider() -> TracerProvider:
    for name, value in BOUNDS.items():
        os.environ.setdefault(name, value)
    provider = TracerProvider(resource=Resource.create(_process()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), export_timeout_millis=PATIENCE * 1000))
    return provider


def _process() -> dict[str, str]:
    facts = {"service.version": settings.RELEASE, "service.instance.id": settings.POD_NAME}
    if "OTEL_SERVICE_NAME" not in os.environ:
        facts["service.name"] = f"shop-{os.environ.get('SHOP_ROLE') or 'command'}"
    return facts


def _tracer() -> Tracer:
    return _provider().get_tracer("shop")


class _Headers(Getter[Environ]):
    """Reads headers from a WSGI environment."""

    def get(self, carrier: Environ, key: str) -> list[str] | None:
        value = carrier.get(f"HTTP_{key.upper().replace('-', '_')}")
        return None if value is None else [str(value)]

    def keys(self, carrier: Environ) -> list[str]:
        return [name[5:].replace("_", "-").lower() for name in carrier if name.startswith("HTTP_")]


HEADERS = _Headers()


def with_spans(application: Application) -> Application:
    """The span ends with the headers: what a client takes to read the body is not the shop's time."""

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        with _request(environ) as span, connection.execute_wrapper(_statement):

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                _answered(span, int(status.split(maxsplit=1)[0]))
                return start_response(status, headers, *error)

            return application(environ, start)

    return wrapped


@contextmanager
def _request(environ: Environ) -> Iterator[Span]:
    method = known(environ["REQUEST_METHOD"])
    facts = {"http.request.method": method, "url.scheme": str(environ.get("wsgi.url_scheme", "http"))}
    before = extract(environ, getter=HEADERS)
    with _span(method, context=before, kind=SpanKind.SERVER, attributes=facts) as span:
        environ[KEY] = _id(span)  # for the access log, which comes after the answer
        bind_contextvars(trace_id=environ[KEY])  # until the thread's next request
        yield span


@contextmanager
def _span(name: str, **facts: Any) -> Iterator[Span]:
    """An error is told by its type only: its text may hold what a customer typed."""
    with _tracer().start_as_current_span(name, record_exception=False, set_status_on_exception=False, **facts) as span:
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            raise


def _id(span: Span) -> str:
    return trace.format_trace_id(span.get_span_context().trace_id)


def _answered(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


def took(route: str) -> None:
    span = trace.get_current_span()
    if not span.is_recording():
        return
    span.set_attribute("http.route", route)
    span.update_name(f"{getattr(span, 'name', '').split(' ')[0]} {route}")


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """A wrapper as Django's `execute_wrapper` takes it."""
    text = sql if isinstance(sql, str) else type(sql).__name__
    verb = text.split(maxsplit=1)[0].upper() if text.strip() else "SQL"
    facts = {"db.system.name": "postgresql", "db.operation.name": verb, "db.query.text": text[:LONGEST]}
    with _span(verb, kind=SpanKind.CLIENT, attributes=facts):
        return execute(sql, params, many, context)


def parent() -> str:
    carrier: dict[str, str] = {}
    W3C.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def work(topic: str, *, message_id: int, caused_by: str) -> Iterator[None]:
    facts = {
        "messaging.system": "aws_sqs",
        "messaging.operation.type": "process",
        "messaging.destination.name": topic,
        "messaging.message.id": str(message_id),
    }
    before = W3C.extract({"traceparent": caused_by})
    with (
        _span(f"process {topic}", context=before, kind=SpanKind.CONSUMER, attributes=facts) as span,
        bound_contextvars(trace_id=_id(span)),
        connection.execute_wrapper(_statement),
    ):
        yield


def flush() -> None:
    _provider().force_flush(PATIENCE * 1000)
