"""The store and the bare view, started for one measurement: services, catalogue, one pinned process each."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import psycopg

from bench.catalogue.load import load
from bench.counters import Counters
from config.local import ports
from config.local.commands import Command, StaticFiles
from config.local.errors import LaunchError
from config.local.fleet import Fleet
from config.local.guard import Guard
from config.local.process import Place, Process, Program, python
from config.local.secret_files import signing_key, token
from config.local.services import Services
from config.local.steps import Steps

WEB, BARE = "web-1", "bare"
HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


class Stage:
    """All that runs during a measurement, in a directory of its own that is removed at the end.

    The application has a core for itself; the load generator, PostgreSQL and Redis share the others.
    """

    def __init__(self, steps: Steps, *, products: int, hashed: bool = True) -> None:
        """`hashed`: static files by their hashed names, as a pod has them; making them takes a while."""
        self.steps = steps
        self.products = products
        self.storage = HASHED if hashed else PLAIN
        self._stack = ExitStack()
        cores = sorted(os.sched_getaffinity(0))
        self.app_core = {cores[0]}
        self.other_cores = set(cores[1:]) or set(cores)

    def __enter__(self) -> "Stage":
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def ports(self) -> dict[str, int]:
        """Where the applications listen."""
        return {"app": self.fleet.ports[WEB], "unguarded": self.unguarded.ports[WEB], "bare": self.bare_port}

    @property
    def roots(self) -> dict[str, int]:
        """The process at the top of each part of the cost."""
        return {
            "load": os.getpid(),
            "app": self.fleet.processes[WEB].pid,
            "unguarded": self.unguarded.processes[WEB].pid,
            "bare": self.bare.pid,
            "postgres": self.services.processes["postgres"].pid,
            "redis": self.services.processes["redis"].pid,
        }

    def _start(self) -> None:
        directory = Path(tempfile.mkdtemp(prefix="shop-bench-"))
        self._stack.callback(shutil.rmtree, directory, ignore_errors=True)
        self.place = Place(directory, f"{directory}/run:{secrets.token_hex(8)}")
        self._stack.callback(Guard(self.place, remove=True).dismiss)
        self._start_services()
        self._fill()
        self._start_processes()
        self._stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, self.other_cores)

    def _start_services(self) -> None:
        with self.steps.begin("PostgreSQL, Redis, S3, SQS"):
            self.services = Services(self.place, secret=lambda name: f"bench-{name.lower()}", given={})
            self._stack.callback(self.services.kill)  # at once: nothing in them is kept
            with _pinned(self.other_cores):
                self.services.start()
            self.services.wait_all()
        own = {"STATICFILES_STORAGE": self.storage, **_environment(directory=self.place.data)}
        self.environment = own | self.services.environment
        self.counters = Counters(self.services.postgres.admin_url, self.environment["REDIS_URL"])
        self._stack.callback(self.counters.close)

    def _fill(self) -> None:
        with self.steps.begin("Migrations") as step:
            Command(self.place, "migrate", ["-m", "config", "migrate"], self.environment).wait(step.note)
        with self.steps.begin(f"Catalogue of {self.products:,} products"):
            with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
                load(connection, self.products)
            self.counters.settle()

    def _start_processes(self) -> None:
        if self.storage == HASHED:
            with self.steps.begin("Static files") as step:
                StaticFiles(self.place, self.environment).wait(step.note)
        with self.steps.begin("The store and the bare view"), _pinned(self.app_core):
            self.fleet = self._started(self.place, {})
            self.unguarded = self._started(
                Place(self.place.data / "unguarded", self.place.mark), {"STATELESS_GUARD": "off"}
            )
            self._start_bare()
            self.fleet.wait_for(WEB)
            self.unguarded.wait_for(WEB)

    def _started(self, place: Place, own: dict[str, str]) -> Fleet:
        """One web process. Its load balancer stays out of the measurement, and is not started."""
        fleet = Fleet(place, self.environment | own, web=1, relays=0, workers=0)
        self._stack.callback(fleet.processes[WEB].kill)
        fleet.processes[WEB].start()
        return fleet

    def _start_bare(self) -> None:
        """The same server with the same configuration; only the application differs."""
        (self.bare_port,) = ports.free(1)
        command = python("-m", "gunicorn", "-c", "config/gunicorn.py", "bench.bare.site:application")
        own = {"WEB_BIND": f"{ports.HOST}:{self.bare_port}", "DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
        self.bare = Process(Program(BARE, command, {**os.environ, **self.environment, **own}, patience=35), self.place)
        self._stack.callback(self.bare.kill)
        self.bare.start()
        self.bare.wait_until(lambda: ports.answers(self.bare_port), seconds=30, what="The bare view")


def check_machine() -> None:
    """Raises LaunchError where nothing can be measured."""
    if not Path("/proc/stat").exists() or not hasattr(os, "sched_setaffinity"):
        raise LaunchError("The benchmark reads CPU times from /proc and pins processes to cores: it needs Linux.")


def _environment(*, directory: Path) -> dict[str, str]:
    """Every setting that could differ is named, so that none leaks in from the terminal."""
    return {
        "SECRET_KEY": token(),
        "JWT_SIGNING_KEY": signing_key(),
        "DEBUG": "0",
        "ALLOWED_HOSTS": ports.HOST,
        "EMAIL_URL": f"eml://{directory / 'mail'}",
        "SHOP_SHOW_POD": "0",
        "LOG_LEVEL": "INFO",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "4",
        "WEB_DRAIN_SECONDS": "0",
        "CARD_PROVIDER_URL": "",
        "MEDIA_URL": f"http://{ports.HOST}/media/",
        "METRICS_PORT": "0",
        "STATELESS_GUARD": "count",
    }


@contextmanager
def _pinned(cores: set[int]) -> Iterator[None]:
    """Processes that are started within run on these cores only, and so do their threads and children."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
