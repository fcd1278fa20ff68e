"""Probes, answered before host checks, TLS redirects, sessions and everything else.

/livez: this process answers. No I/O.

/readyz: this pod can serve: it booted, its schema was there, it is not draining. Not: the database answers now. An
outage of a shared dependency must not take every pod out of service at once; pages have their own answer to it.
/readyz?verbose adds the contract of outages with the state of each dependency, for people.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from shop.platform import asking
from shop.platform.warming import warm_up

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
RECHECK = 1.0  # seconds between two looks for a schema that is not there yet


class _Pod:
    """What this process knows of itself. Facts of the process, not of a shopper."""

    draining = False
    schema_seen = False
    checked_at = 0.0
    lock = threading.Lock()


def start_draining() -> None:
    """Make /readyz say no from now on: this process is about to stop."""
    _Pod.draining = True


def schema_is_here() -> bool:
    """Say whether all migrations of this release are applied; False also when the database is away."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
    finally:
        connection.close()


def with_probes(application: Application) -> Application:
    """Wrap a WSGI application with /livez and /readyz. It is warmed up before it is called ready."""

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/livez":
            return _answer(start_response, 200, {"status": "alive"})
        if path == "/readyz":
            return _readiness(environ, start_response, application)
        return application(environ, start_response)

    return wrapped


def _readiness(environ: Environ, start_response: Callable[..., Any], application: Application) -> Iterable[bytes]:
    reason = _why_not_ready(application)
    body: dict[str, Any] = {"status": reason or "ready"}
    if "verbose" in environ.get("QUERY_STRING", ""):
        body["dependencies"] = asking.recent()
    return _answer(start_response, 503 if reason else 200, body)


def _why_not_ready(application: Application) -> str:
    if _Pod.draining:
        return "draining"
    if not _Pod.schema_seen:
        _look_for_schema(application)
    return "" if _Pod.schema_seen else "waiting for the schema"


def _look_for_schema(application: Application) -> None:
    with _Pod.lock:
        if _Pod.schema_seen or time.monotonic() < _Pod.checked_at + RECHECK:
            return
        if schema_is_here():
            warm_up(application)
            _Pod.schema_seen = True
        _Pod.checked_at = time.monotonic()


def _answer(start_response: Callable[..., Any], status: int, body: dict[str, Any]) -> Iterable[bytes]:
    content = json.dumps(body).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
    ]
    if settings.SHOP_SHOW_POD:
        headers.append(("X-Pod", settings.POD_NAME))
    start_response("200 OK" if status == 200 else "503 Service Unavailable", headers)
    return [content]
