"""A collector of traces that takes them over OTLP (HTTP, protobuf) and remembers them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from config.local import ports


@dataclass(frozen=True)
class Taken:
    """One span; ids in hexadecimal, `attributes` as text."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str]


class Collector:
    """Spans in the order in which they came."""

    def __init__(self) -> None:
        self.spans: list[Taken] = []
        (port,) = ports.free(1)
        self.url = f"http://{ports.HOST}:{port}"
        self._server = ThreadingHTTPServer((ports.HOST, port), self._handler())

    def named(self, beginning: str) -> list[Taken]:
        return [span for span in list(self.spans) if span.name.startswith(beginning)]

    def take(self, body: bytes) -> None:
        for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _attributes(of_process.resource)["service.name"]
            for scope in of_process.scope_spans:
                self.spans += [_taken(service, span) for span in scope.spans]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def start(self) -> None:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _taken(service: str, span: Any) -> Taken:
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Taken(service, span.name, *ids, _attributes(span))


def _attributes(holder: Any) -> dict[str, str]:
    values = ((pair.key, pair.value) for pair in holder.attributes)
    return {key: str(getattr(value, value.WhichOneof("value"))) for key, value in values}


@contextmanager
def collector() -> Iterator[Collector]:
    started = Collector()
    started.start()
    try:
        yield started
    finally:
        started.stop()
