"""How one web pod serves HTTP. gunicorn executes this file; tests import it. Each number says why it is what it is.

The arithmetic of a stop, in seconds, checked against the manifests by tests/k8s/test_stopping.py:

    pre-stop sleep  +  DRAIN_SECONDS  +  REQUEST_SECONDS  <  terminationGracePeriodSeconds
"""

import os
import signal
from pathlib import Path
from typing import Any

from config import metrics_files
from config.access_log import POD, JsonLogger
from config.draining import DrainingWorker
from shop.platform.logs import logging_config

MEMORY_DISK = "/dev/shm"  # noqa: S108 - not a place for data: gunicorn's own heartbeat file

# A request may take this long after the pod stopped taking new ones. A statement of a page ends after 5 s
# (shop.platform.patience), so several of them plus room for one call to a payment provider; what takes longer was lost
# to the balancer's time-out anyway.
REQUEST_SECONDS = 30
# How long the pod goes on serving, with /readyz saying no, before it takes no new connection. For balancers that ask
# /readyz; 0 where something else waits before TERM is sent (a pre-stop sleep) or where nobody asks.
DRAIN_SECONDS = int(os.environ.get("WEB_DRAIN_SECONDS") or 0)

bind = os.environ.get("WEB_BIND") or "0.0.0.0:8000"

# One process a pod: Kubernetes scales, restarts and measures pods, and one pod's death then costs
# as little as possible.
workers = int(os.environ.get("WEB_WORKERS") or 1)
# Threads wait for PostgreSQL and Redis most of the time, and Python runs one at a time. Each may hold one database
# connection, so pods x workers x threads is what the database has to bear: 4 keeps it payable.
threads = int(os.environ.get("WEB_THREADS") or 4)
# gthread with a door: sync has no keep-alive, and plain gthread leaves callers waiting in the backlog while it stops.
worker_class = DrainingWorker

# Longer than the balancer keeps an idle connection (60 s on AWS): only the balancer may close one, or it would
# sometimes send a request into a connection that was just closed, and the shopper would see a 502.
keepalive = 75
# The worker's event loop reports each second; silent this long, it is stuck and is replaced. Not a limit for a request.
timeout = 30
# Counted from TERM by the arbiter, so the drain is part of it.
graceful_timeout = DRAIN_SECONDS + REQUEST_SECONDS

# No restart after so many requests: with one worker a restart is an outage of the pod. A leak shows in its memory and
# meets its limit.
max_requests = 0
max_requests_jitter = 0
# The application is loaded by the worker: with one worker there is nothing to share, and no connection or thread opened
# while loading ends up in two processes.
preload_app = False

# By sendfile a thread waits for a silent reader of a file without end (config/arriving.py bounds all other sending).
sendfile = False

# The heartbeat file must not wait for a disk; the root of a pod is read-only anyway.
worker_tmp_dir = MEMORY_DISK if Path(MEMORY_DISK).is_dir() else None
# The control socket is written below $HOME, which is read-only in a pod, and nobody there would use it.
control_socket_disable = True

logger_class = JsonLogger
logconfig_dict = logging_config(
    level=os.environ.get("LOG_LEVEL") or "INFO",
    pod=POD,
)
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
}


# Before the application is imported: prometheus_client decides then where it keeps its values.
metrics_port = metrics_files.name()


def on_starting(_server: Any) -> None:
    metrics_files.empty()


def post_worker_init(_worker: Any) -> None:
    """Tell operators that this process of the store is there, once it is loaded; another application has no list."""
    if os.environ.get("SHOP_ROLE") != "web":
        return
    from shop.platform import roll_call

    roll_call.answer_from_now_on("web")


def when_ready(_server: Any) -> None:
    """Serve metrics, and ignore reload and resize signals.

    They end single workers, and DrainingWorker closes the door for all of them: a pod is changed by replacing it.
    """
    for number in (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_IGN)
    if metrics_port:
        from shop.platform import metrics

        address = os.environ.get("METRICS_BIND") or "0.0.0.0"  # noqa: S104 - a pod's own
        metrics.serve(metrics_port, address=address, role="web", embedded=int(os.environ.get("EMBEDDED_METRICS") or 0))
