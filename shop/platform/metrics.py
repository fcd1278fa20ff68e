"""What this pod tells Prometheus, on a port of its own. Right with several processes: values add up in files in memory.

`PROMETHEUS_MULTIPROC_DIR` names that directory; config/gunicorn.py empties it at the start.
"""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from shop.stateless.guard.report import Write

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

requests_total = Counter("shop_requests_total", "Requests answered", ["method", "route", "status"])
request_seconds = Histogram("shop_request_seconds", "Time to answer, in seconds", ["route"], buckets=BUCKETS)
local_writes_total = Counter(
    "shop_local_writes_total", "Writes of requests and tasks to their own pod", ["action", "work"]
)


class MetricsMiddleware:
    """Count and time each request by the route it took, so that the number of series stays small."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else getattr(response, "route", "unknown")
        count(str(request.method), route, response.status_code, time.perf_counter() - start)
        return response


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request by the route it took, or would have taken."""
    request_seconds.labels(route).observe(seconds)
    requests_total.labels(method, route, status).inc()


def count_local_write(write: Write) -> None:
    """Count what the guard found, by the route or the topic that did it."""
    local_writes_total.labels(write.action, write.name).inc()


def serve(port: int) -> None:
    """Answer GET /metrics on `port` from a thread of this process, for all processes that share the directory."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, registry=registry)
