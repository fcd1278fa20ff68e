"""Start gunicorn with the store's own config/gunicorn.py around slow_app, and talk to it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from config.local import ports

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """One that no outgoing connection takes before a server does, or while it is started again."""
    (port,) = ports.free(1)
    return port


class Web:
    """One gunicorn on a port of its own. `environment` is added to this process's."""

    def __init__(self, log: Path, port: int | None = None, **environment: str) -> None:
        self.port = port or free_port()
        self.log = log
        self.held = log.with_suffix(".held")
        own = {"WEB_BIND": f"127.0.0.1:{self.port}", "HELD": str(self.held)}
        self.environment = {**os.environ, **own, **environment}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "tests.fleet.slow_app:app"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        wait_until(lambda: self.status("/livez") == 200, "gunicorn answers", 120)

    def status(self, path: str) -> int | None:
        """Return the HTTP status; None when the connection is refused or cut."""
        with suppress(OSError, http.client.HTTPException):
            return get(self.port, path)[0]
        return None

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def wait_for_held(self, count: int) -> None:
        """Return when so many requests for /held/ are being answered."""
        wait_until(lambda: self.held.exists() and self.held.stat().st_size == count, f"{count} are held", 60)

    def let_go(self) -> None:
        self.held.write_text("")

    def logged(self) -> list[dict[str, Any]]:
        """Return its log, one object a line. Raises ValueError if a line is not JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def serving(log: Path, **environment: str) -> Iterator[Web]:
    web = Web(log, **environment)
    try:
        yield web
    finally:
        web.process.kill()
        web.process.wait()


def get(port: int, path: str) -> tuple[int, bytes]:
    return ask(port, "GET", path)


def ask(port: int, method: str, path: str, timeout: float = 60) -> tuple[int, bytes]:
    """One request over its own connection, never repeated. Raises OSError or HTTPException when refused or cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until(condition: Any, what: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.05)
