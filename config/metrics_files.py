"""Where the processes of one pod keep their numbers for Prometheus: a directory in memory, which begins empty."""

import os
import shutil
from pathlib import Path
from tempfile import gettempdir

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's: read when it is imported
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - what is in it may be lost


def name() -> int:
    """Name the directory if METRICS_PORT asks for metrics; return that port, or 0. Call it before any other import."""
    port = int(os.environ.get("METRICS_PORT") or 0)
    if port:
        os.environ.setdefault(VARIABLE, str(directory(port)))
    return port


def directory(port: int) -> Path:
    return (MEMORY_DISK if MEMORY_DISK.is_dir() else Path(gettempdir())) / f"shop-metrics-{port}"


def empty() -> None:
    """Files of processes that no longer exist would count for ever."""
    named = os.environ.get(VARIABLE)
    if named:
        shutil.rmtree(named, ignore_errors=True)
        Path(named).mkdir(parents=True)
