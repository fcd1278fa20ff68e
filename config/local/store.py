"""The whole store on this machine: brings it up step by step, looks after it, takes it down in order."""

import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack

from config.local import commands, orphans, ports
from config.local.balancer import media_from, media_through
from config.local.errors import LaunchError
from config.local.fleet import Fleet, wait_for_page
from config.local.guard import Guard
from config.local.options import Options
from config.local.process import Place, Process, Program, python
from config.local.s3 import create_bucket
from config.local.secret_files import SecretFiles, password
from config.local.services import ADDRESSES, Services, wait_for_database
from config.local.sqs import create_queues
from config.local.steps import Steps
from config.local.supervisor import Kept, Periodic, Supervisor

ADMIN = "admin@example.com"
HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # not compressed: that takes half a minute


class Store:
    """`start`, then `serve` until a signal's exception, then `stop`, which also cleans up after a start that failed."""

    guard: Guard  # these are set while it starts
    secrets: SecretFiles
    admin_password: str
    services: Services
    environment: dict[str, str]
    fleet: Fleet

    def __init__(self, options: Options, steps: Steps) -> None:
        self.options = options
        self.steps = steps
        self.place = Place(options.data, f"{options.data}/run:{secrets.token_hex(8)}")
        self._stack = ExitStack()

    def start(self) -> None:
        self._clear()
        self.guard = Guard(self.place)
        self._stack.callback(self.guard.dismiss)
        (self.place.run / "guard.pid").write_text(f"{self.guard.pid}\n")
        (self.place.run / "supervisor.pid").write_text(f"{os.getpid()}\n")
        self._stack.callback(self._remove_files)
        self.secrets = SecretFiles(self.place.data / "secrets")
        self.admin_password = self.options.admin_password or self.secrets.get("DEMO_ADMIN_PASSWORD", password)
        self._start_services()
        self._start_fleet()

    def serve(self, tell: Callable[[str], None]) -> None:
        services = [
            Kept(self.services.processes[service.name], service.ready, service.provision)
            for service in self.services.embedded
        ]
        others = [Kept(process) for process in self.fleet.processes.values()]
        cron = Process(
            Program("cron", python("-m", "config", "cron"), self.fleet.environment | {"POD_NAME": "cron"}), self.place
        )
        self._stack.callback(cron.stop)
        Supervisor(services + others, [Periodic(cron, 60.0)], tell).serve()

    def stop(self) -> None:
        """Balancer, then the store's processes, then the services; the guard last, which leaves nothing."""
        self._stack.close()

    def _clear(self) -> None:
        """End what a killed run left; then the port has to be free."""
        self.place.make()
        orphans.end(f"{self.options.data}/run:", self.place.run)
        if ports.taken(self.options.port):
            advice = f"Stop the program that has it, or choose another: PORT={self.options.port + 1} make run."
            raise LaunchError(f"Port {self.options.port} of {ports.HOST} is in use. {advice}")
        ports.keep(self.options.port)

    def _start_services(self) -> None:
        self.services = Services(self.place, secret=self.secrets.get)
        begun = {service.name: self.steps.begin(service.title) for service in self.services.embedded}
        self._stack.callback(self.services.stop)
        self.services.start()
        self.environment = self._environment()
        static = commands.StaticFiles(self.place, self.environment)
        for service in reversed(self.services.embedded):
            self.services.wait(service)
            begun[service.name].done()
        self._use_given()
        if static.command:
            with self.steps.begin("Static files") as step:
                static.wait(step.note)

    def _use_given(self) -> None:
        """Make ready the services that the environment names."""
        given = self.services.given
        if ADDRESSES["postgres"] in given:
            with self.steps.begin("PostgreSQL (given)"):
                wait_for_database(given["DATABASE_URL"])
        if ADDRESSES["s3"] in given:
            with self.steps.begin("S3 bucket (given)"):
                create_bucket(self.services.environment)
        if ADDRESSES["sqs"] in given:
            with self.steps.begin("SQS queues (given)"):
                self.environment.setdefault("SQS_QUEUE_BASE_URL", create_queues(self.services.environment))

    def _environment(self) -> dict[str, str]:
        """What the store's processes find in theirs; what this process was given comes first."""
        url = f"http://{ports.HOST}:{self.options.port}"
        ours = {
            "PUBLIC_URL": url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "MEDIA_URL": f"{url}/media/",
            "EMAIL_URL": f"eml://{self.place.data / 'mail'}",
            "SHOP_SHOW_POD": "1",
            "WEBHOOK_NETWORKS": "127.0.0.0/8",  # receivers on this machine
            "STATICFILES_STORAGE": HASHED,
        }
        environment = {name: os.environ.get(name) or value for name, value in ours.items()}
        return environment | self.secrets.environment() | self.services.environment

    def _start_fleet(self) -> None:
        self._run("Migrations", "migrate", ["-m", "config", "migrate"])
        self.fleet = Fleet(
            self.place, self.environment, web=self.options.replicas, port=self.options.port, media=self._media()
        )
        commands.save(self.place, self.fleet.environment)
        begun = self.steps.begin(f"{self.options.replicas} replicas, relay, worker, balancer")
        self._stack.callback(self.fleet.stop)
        self.fleet.start("web", "relay", "balancer")
        if self.options.demo:
            self._run("Demo catalogue", "load_demo", ["manage.py", "load_demo"])
        self.fleet.start("worker")  # it draws the pictures' renditions: not while the demo needs the processors
        self._run("Administrator", "ensure_admin", ["manage.py", "ensure_admin", "--email", ADMIN])
        self.fleet.wait()
        begun.done()
        with self.steps.begin("First request"):
            wait_for_page(f"{self.fleet.base_url}/")

    def _media(self) -> str:
        if self.services.media:
            return media_from(self.services.media)
        return media_through(self.environment["AWS_ENDPOINT_URL_S3"], self.environment["MEDIA_BUCKET"])

    def _run(self, title: str, name: str, arguments: list[str]) -> None:
        with self.steps.begin(title) as step:
            extra = {"DEMO_ADMIN_PASSWORD": self.admin_password} if name == "ensure_admin" else {}
            commands.Command(self.place, name, arguments, self.environment | extra).wait(step.note)

    def _remove_files(self) -> None:
        for name in ("guard.pid", "supervisor.pid", commands.ENVIRONMENT):
            (self.place.run / name).unlink(missing_ok=True)
