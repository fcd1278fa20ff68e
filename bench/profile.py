"""Flame graphs of a process under load, by py-spy."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local.errors import LaunchError

RATE = 250  # samples a second


@contextmanager
def profiled(pid: int, path: Path, *, seconds: float) -> Iterator[None]:
    """Sample the process and its children while the block runs, at most `seconds`; write an SVG to `path`.

    Raises LaunchError when py-spy may not look into other processes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--subprocesses", "--pid", str(pid)]
    command += ["--rate", str(RATE), "--duration", str(int(seconds) + 1), "--output", str(path)]
    sampler = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield
    finally:
        if sampler.poll() is None:
            sampler.send_signal(signal.SIGINT)  # it then writes what it has
        _, said = sampler.communicate(timeout=30)
    if not path.exists():
        raise LaunchError(f"py-spy did not write {path}; it may need root.", said.splitlines()[-3:])
