"""The store and the bare view, started for one measurement: services, catalogue, one pinned process each."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from bench.catalogue.fill import fill, is_filled
from bench.counters import Counters
from bench.visitor import ADMIN, PASSWORD
from config.local import ports
from config.local.commands import Command, StaticFiles
from config.local.errors import LaunchError
from config.local.fleet import Fleet
from config.local.guard import Guard
from config.local.process import Place, Process, Program, python
from config.local.secret_files import signing_key, token
from config.local.services import Services
from config.local.steps import Steps
from config.local.store import HASHED
from config.local.unwinding import Unwinding

WEB, BARE = "web-1", "bare"
MEMORY = {"shared_buffers": "2GB", "effective_cache_size": "8GB", "max_wal_size": "8GB"}  # of a server of its own
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


class Stage(Unwinding):
    """All that runs during a measurement, in a directory of its own that is removed at the end.

    The application has a core for itself; the load generator, PostgreSQL and Redis share the others.
    """

    def __init__(self, steps: Steps, *, products: int, hashed: bool = True, keep: Path | None = None) -> None:
        """`hashed`: static files by their hashed names, as a pod has them; making them takes a while.

        `keep`: a directory for loaded databases, which the next run of the same size finds there.
        """
        super().__init__()
        self.steps = steps
        self.products = products
        self.keep = keep
        self.load_seconds = 0.0
        self.storage = HASHED if hashed else PLAIN
        cores = sorted(os.sched_getaffinity(0))
        self.app_core = {cores[0]}
        self.other_cores = set(cores[1:]) or set(cores)

    @property
    def ports(self) -> dict[str, int]:
        """Where the applications listen."""
        return {"app": self.fleet.ports[WEB], "bare": self.bare_port}

    @property
    def roots(self) -> dict[str, int]:
        """The process at the top of each part of the cost."""
        return {
            "load": os.getpid(),
            "app": self.fleet.processes[WEB].pid,
            "bare": self.bare.pid,
            "postgres": self.services.processes["postgres"].pid,
            "redis": self.services.processes["redis"].pid,
        }

    def _start(self) -> None:
        directory = self._directory()
        self.place = Place(directory, f"{directory}/run:{secrets.token_hex(8)}")
        self._stack.callback(Guard(self.place, remove=not self.keep).dismiss)
        self._start_services()
        self._fill()
        self._start_processes()
        self._stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
        os.sched_setaffinity(0, self.other_cores)

    def _directory(self) -> Path:
        if self.keep:
            return (self.keep / str(self.products)).resolve()
        directory = Path(tempfile.mkdtemp(prefix="shop-bench-"))
        self._stack.callback(shutil.rmtree, directory, ignore_errors=True)
        return directory

    def _start_services(self) -> None:
        with self.steps.begin("PostgreSQL, Redis, S3, SQS"):
            self.services = Services(self.place, secret=lambda name: f"bench-{name.lower()}", given={})
            self._give_memory()
            # at once, where nothing in them is kept
            self._stack.callback(self.services.stop if self.keep else self.services.kill)
            with _pinned(self.other_cores):
                self.services.start()
            self.services.wait_all()
        own = {"STATICFILES_STORAGE": self.storage, **_environment(directory=self.place.data)}
        self.environment = own | self.services.environment
        self.counters = Counters(self.services.postgres.admin_url, self.environment["REDIS_URL"])
        self._stack.callback(self.counters.close)

    def _give_memory(self) -> None:
        """A page cache that holds what is asked for again and again, as any server of a shop has it."""
        postgres = self.services.postgres
        postgres.settings = postgres.settings | MEMORY
        self.services.processes["postgres"] = Process(postgres.program(), self.place)

    def _fill(self) -> None:
        with self.steps.begin("Migrations") as step:
            Command(self.place, "migrate", ["-m", "config", "migrate"], self.environment).wait(step.note)
        admin_url, began_at = self.services.postgres.admin_url, time.monotonic()
        own = self.environment | {"DEMO_ADMIN_PASSWORD": PASSWORD}
        admin = Command(self.place, "ensure-admin", ["manage.py", "ensure_admin", "--email", ADMIN], own)
        with self.steps.begin(f"{self.products:,} products and as many orders"):
            if not is_filled(admin_url):
                fill(self.environment["DATABASE_URL"], admin_url, products=self.products)
                self.load_seconds = time.monotonic() - began_at
            admin.wait()
            self.counters.empty_cache()
            self.counters.settle()

    def _start_processes(self) -> None:
        if self.storage == HASHED:
            with self.steps.begin("Static files") as step:
                StaticFiles(self.place, self.environment).wait(step.note)
        with self.steps.begin("The store and the bare view"), _pinned(self.app_core):
            self.fleet = self.web_process("store", {}, self._stack)
            self.bare, self.bare_port = self.bare_process(BARE, self._stack)
            self.fleet.wait_for(WEB)

    def fleet_of(self, web: int) -> Fleet:
        """That many web processes of their own, none of them started."""
        return Fleet(Place(self.place.data / "crowd", self.place.mark), self.environment, web=web, relays=0, workers=0)

    def on_app_core(self) -> AbstractContextManager[None]:
        """Within, what is started runs on the application's core."""
        return _pinned(self.app_core)

    def web_process(self, name: str, own: dict[str, str], stack: ExitStack) -> Fleet:
        """Start one web process with some environment of its `own`; it ends with the stack.

        Its load balancer stays out of the measurement, and is not started.
        """
        place = Place(self.place.data / name, self.place.mark)
        fleet = Fleet(place, self.environment | own, web=1, relays=0, workers=0)
        stack.callback(fleet.processes[WEB].kill)
        fleet.processes[WEB].start()
        return fleet

    def bare_process(self, name: str, stack: ExitStack) -> tuple[Process, int]:
        """Start the same server with the same configuration, where only the application differs; return it, its port.

        It ends with the stack.
        """
        (port,) = ports.free(1)
        command = python("-m", "gunicorn", "-c", "config/gunicorn.py", "bench.bare.site:application")
        own = {"WEB_BIND": f"{ports.HOST}:{port}", "DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
        process = Process(Program(name, command, {**os.environ, **self.environment, **own}, patience=35), self.place)
        stack.callback(process.kill)
        process.start()
        process.wait_until(lambda: ports.answers(port), seconds=30, what="The bare view")
        return process, port


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
