"""What this pod tells Prometheus, on a port of its own. Right with several processes: values add up in files in memory.

`PROMETHEUS_MULTIPROC_DIR` names that directory; config/metrics_files.py empties it at the start.
"""

import functools
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from shop.platform import embedded_metrics, traces
from shop.stateless.guard.report import Write

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

requests_total = Counter("shop_requests_total", "Requests answered", ["method", "route", "status"])
request_seconds = Histogram("shop_request_seconds", "Time to answer, in seconds", ["route"], buckets=BUCKETS)
local_writes_total = Counter(
    "shop_local_writes_total", "Writes of requests and tasks to their own pod", ["action", "work"]
)
messages_total = Counter("shop_messages_total", "Outbox messages handled: done, failed, skipped", ["topic", "outcome"])
heartbeat = Gauge(
    "shop_heartbeat_timestamp_seconds",
    "The last sign of life of a relay or worker, in Unix time",
    ["role"],
    multiprocess_mode="mostrecent",
)
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


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
    traces.took(route)
    counter, histogram = _counted(traces.known(method), route, status)
    histogram.observe(seconds)
    counter.inc()


@functools.cache  # per-pod: as many as there are series, which the metrics themselves keep, too
def _counted(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return requests_total.labels(method, route, status), request_seconds.labels(route)


def count_local_write(write: Write) -> None:
    """Count what the guard found, by the route or the topic that did it."""
    local_writes_total.labels(write.action, write.name).inc()


def sign_of_life(role: str) -> None:
    """Touch the file that the pod's probe looks at, and say the same to Prometheus."""
    Path(settings.HEARTBEAT_FILE).touch()
    heartbeat.labels(role).set(time.time())


def serve(port: int, *, address: str, role: str, embedded: int = 0) -> None:
    """Answer GET /metrics on a port from a thread of this process, for all processes that share the directory.

    With `embedded` also write them for CloudWatch, each so many seconds.
    """
    registry = REGISTRY
    if DIRECTORY in os.environ:
        registry = CollectorRegistry()
        _Processes(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, address, registry=registry)
    if embedded:
        embedded_metrics.tell_from_now_on(registry, role=role, every=embedded)


def serve_if_wanted(role: str) -> None:
    if settings.METRICS_PORT:
        port, address = settings.METRICS_PORT, settings.METRICS_BIND
        serve(port, address=address, role=role, embedded=settings.EMBEDDED_METRICS)


class _Processes(MultiProcessCollector):
    """What counters count stays when a process ends; what gauges say of a process that is gone does not."""

    def collect(self) -> Iterable[Metric]:
        for file in Path(os.environ[DIRECTORY]).glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not _lives(pid):
                mark_process_dead(pid)  # type: ignore[no-untyped-call]
        found: Iterable[Metric] = super().collect()  # type: ignore[no-untyped-call]
        return found


def _lives(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
