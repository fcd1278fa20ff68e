"""The conventional store with its server: a copy of its code, its data, its commands and its web processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.local import ports
from config.local.process import MARK
from tests.services import place

ROOT = Path(__file__).parents[3]
START = 180  # seconds a process may take
CONVENTIONAL = Path(__file__).parent / "conventional"


@dataclass(frozen=True)
class Done:
    """A command that has ended, as somebody at a terminal saw it. `settings`: before, bridge or after."""

    line: str
    settings: str
    output: str


class Server:
    """The one server of the shop. `environment`: the addresses of the services it moves to."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.code, self.data = home / "code", home / "data"
        self.done: list[Done] = []
        own = {"TEASHOP_DATA": str(self.data), "SECRET_KEY": "the shop's own key", "PYTHONPATH": str(ROOT)}
        plain = {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120", "PATH": os.environ["PATH"]}
        self.environment = {**plain, **own, **environment, MARK: place.mark}
        for name in ("sessions", "media", "private", "mail"):
            (self.data / name).mkdir(parents=True)
        self.release("store")

    def release(self, part: str) -> None:
        """Put the files of a part of `conventional/` over those of the server."""
        shutil.copytree(
            CONVENTIONAL / part, self.code, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )

    def run(self, line: str, settings: str, *, code: int = 0, **environment: str) -> Done:
        """Run a line as the guide has it, such as "python manage.py migrate"; it has to end with `code`."""
        ended = subprocess.run(
            [sys.executable, *line.split()[1:]],
            cwd=self.code,
            env=self._environment(settings) | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        output = ended.stdout + ended.stderr
        assert ended.returncode == code, f"{line}: {ended.returncode}\n{output}"
        self.done.append(Done(line, settings, output))
        return self.done[-1]

    @contextmanager
    def web(self, settings: str, count: int = 1) -> Iterator[list["Pod"]]:
        """That many web processes, which end with the block."""
        pods = [Pod(self.code, self._environment(settings), port) for port in ports.free(count)]
        try:
            for pod in pods:
                pod.wait()
            yield pods
        finally:
            for pod in pods:
                pod.kill()

    @contextmanager
    def worker(self, settings: str) -> Iterator["Process"]:
        process = Process(
            self.code, self._environment(settings), "-m", "celery", "-A", "teashop", "worker", "-P", "solo"
        )
        try:
            yield process
        finally:
            process.kill()

    def _environment(self, settings: str) -> dict[str, str]:
        return self.environment | {"DJANGO_SETTINGS_MODULE": f"teashop.settings.{settings}"}


class Process:
    """A process of the shop; what it prints is in `log`."""

    def __init__(self, code: Path, environment: dict[str, str], *command: str) -> None:
        self.log = code.parent / f"{command[1]}-{time.monotonic_ns()}.log"  # of gunicorn, of celery
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                [sys.executable, *command], cwd=code, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Kill it and its children, as the death of a machine would."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, 9)
        self._child.wait()


class Pod(Process):
    """One gunicorn with one worker."""

    def __init__(self, code: Path, environment: dict[str, str], port: int) -> None:
        self.address = f"http://{ports.HOST}:{port}"
        self._port = port
        where = ("--bind", f"{ports.HOST}:{port}", "--threads", "4", "--no-control-socket")
        super().__init__(code, environment, "-m", "gunicorn", "teashop.wsgi", *where)

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + START
        while not ports.answers(self._port):
            assert self._child.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
