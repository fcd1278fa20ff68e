"""The store's own processes: web replicas behind a load balancer, relays, workers. For `make run`, bench and tests."""

import os
import shutil
import time
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import urlopen

from config import metrics_files
from config.local import ports
from config.local.balancer import Balancer
from config.local.errors import LaunchError
from config.local.process import Place, Process, Program, python

BOOT = 180.0  # seconds; a machine that is busy with other things takes long
ONE_MACHINE = {"ORDERS_PER_NETWORK": "0", "MAILS_PER_MAILBOX": "0"}  # no limits: all come from one network here
PATIENCE = {"web": 35.0, "relay": 15.0, "worker": 30.0}  # above gunicorn's graceful time-out and Celery's soft shutdown


class Fleet:
    """`web` replicas, `relays` and `workers` over one environment; none is started again by itself (see Supervisor).

    Names are web-1, web-2, ..., relay-1, ..., worker-1, ..., balancer.
    """

    def __init__(
        self,
        place: Place,
        environment: Mapping[str, str],
        *,
        web: int = 2,
        relays: int = 1,
        workers: int = 1,
        port: int | None = None,
        media: str = "",
    ) -> None:
        """`environment` is added to this process's own. `port`: the balancer's, or any. `media`: see Balancer."""
        self.place = place.make()
        names = [*_numbered("web", web), *_numbered("relay", relays), *_numbered("worker", workers)]
        self._take_ports(names, port)
        upstreams = list(self.ports.values())
        self.balancer = Balancer(place.data / "balancer", port=self.port, upstreams=upstreams, media=media)
        own = {"PUBLIC_URL": self.balancer.url, "PYTHONUNBUFFERED": "1", **ONE_MACHINE}
        self.environment = {**os.environ, **own, **environment}
        self.processes = {name: Process(self._program(name), place) for name in names}
        self.processes["balancer"] = Process(self.balancer.program(), place)

    def _take_ports(self, names: list[str], port: int | None) -> None:
        """One for the metrics of each, one more for each web process, and the balancer's."""
        web = [name for name in names if name.startswith("web-")]
        # one to spare: `port` itself may be among them, as nothing is on it yet
        found = [each for each in ports.free(len(names) + len(web) + 2) if each != port]
        self.ports = {name: found.pop() for name in web}
        self._metrics = {name: found.pop() for name in names}
        self.port = port or found.pop()

    @property
    def base_url(self) -> str:
        """The load balancer's address, without a slash at its end."""
        return self.balancer.url

    def url(self, name: str) -> str:
        """The address of one web process, around the load balancer."""
        return f"http://{ports.HOST}:{self.ports[name]}"

    def metrics_url(self, name: str) -> str:
        return f"http://{ports.HOST}:{self._metrics[name]}/metrics"

    def start(self, *roles: str) -> None:
        """Start all, or those of some roles: web, relay, worker, balancer."""
        self.balancer.prepare()
        for name, process in self.processes.items():
            if not roles or name.partition("-")[0] in roles:
                process.start()

    def wait(self, *, seconds: float = BOOT) -> None:
        """Return when all are up. Raises LaunchError with the last log lines of the one that is not."""
        for name in self.ports:
            self.wait_for(name, seconds=seconds)
        self.processes["balancer"].wait_until(self.balancer.ready, seconds=seconds, what="The load balancer")
        for name, process in self.processes.items():
            if not process.running:
                raise LaunchError(f"{name} did not start: it ended with exit code {process.exit_code}.", process.tail())

    def wait_for(self, name: str, *, seconds: float = BOOT) -> None:
        """Return when the web process can serve."""
        self.processes[name].wait_until(lambda: status(f"{self.url(name)}/readyz") == 200, seconds=seconds, what=name)

    def kill(self, name: str) -> None:
        """SIGKILL the process and its children; it stays dead until restart(name)."""
        self.processes[name].kill()

    def restart(self, name: str) -> None:
        """Start it, again if need be; a web process is waited for until it can serve."""
        self.processes[name].stop()
        self.processes[name].start()
        if name in self.ports:
            self.wait_for(name)

    def stop(self) -> None:
        """Let the balancer finish its requests, then stop the rest side by side."""
        self.processes["balancer"].stop()
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.finish()
        self._forget_metrics()

    def end(self) -> None:
        """Kill all of them at once, where nothing that they hold is kept."""
        for process in self.processes.values():
            process.kill()
        self._forget_metrics()

    def _forget_metrics(self) -> None:
        for port in self._metrics.values():
            shutil.rmtree(metrics_files.directory(port), ignore_errors=True)

    def _program(self, name: str) -> Program:
        role = name.partition("-")[0]
        environment = {
            **self.environment,
            "POD_NAME": name,
            "HEARTBEAT_FILE": str((self.place.run / f"{name}.heartbeat").resolve()),
            "METRICS_PORT": str(self._metrics[name]),
            "METRICS_BIND": ports.HOST,
        }
        if role == "web":
            environment["WEB_BIND"] = f"{ports.HOST}:{self.ports[name]}"
        return Program(name, python("-m", "config", role), environment, patience=PATIENCE[role])


def status(url: str, *, timeout: float = 2) -> int:
    """Return the status of a GET, 0 if there was no answer."""
    try:
        with urlopen(url, timeout=timeout) as response:
            return int(response.status)
    except URLError as error:
        return int(getattr(error, "code", 0))
    except OSError:
        return 0


def wait_for_page(url: str, *, seconds: float = 30) -> None:
    """Return when a GET succeeds. Raises LaunchError with the status that it got instead."""
    deadline = time.monotonic() + seconds
    while (seen := status(url, timeout=10)) != 200:
        if time.monotonic() > deadline:
            raise LaunchError(f"{url} does not answer as it should: {seen or 'no connection'}.")
        time.sleep(0.1)


def _numbered(role: str, count: int) -> list[str]:
    return [f"{role}-{number}" for number in range(1, count + 1)]
