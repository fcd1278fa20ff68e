"""The embedded services together: started side by side, each unless the environment gives an address of its own."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from config.local import ports
from config.local.card_provider import CardProvider
from config.local.errors import LaunchError
from config.local.postgres import Postgres
from config.local.process import Place, Process
from config.local.redis import Redis
from config.local.s3 import BUCKET, S3
from config.local.service import Service
from config.local.sqs import SQS

BOOT = 180.0  # seconds; PostgreSQL may have to recover first, on a machine that is busy with other things
ADDRESSES = {
    "sqs": "AWS_ENDPOINT_URL_SQS",
    "redis": "REDIS_URL",
    "s3": "AWS_ENDPOINT_URL_S3",
    "postgres": "DATABASE_URL",
    "testpay": "CARD_PROVIDER_URL",
}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
GIVEN = ("REDIS_SESSIONS_URL", "SQS_QUEUE_BASE_URL", "AWS_SESSION_TOKEN", "AWS_PROFILE")

Secret = Callable[[str], str]


class Services:
    """Processes of the embedded services and the environment that leads to them."""

    def __init__(
        self, place: Place, *, secret: Secret, durable: bool = True, given: Mapping[str, str] = os.environ
    ) -> None:
        """`secret(name)`: a secret of this run. `given`: an environment; services that it names are not embedded."""
        ports.keep_from_proxies()
        self.settings = aws_settings(given, secret)
        self.given = {name: given[name] for name in (*ADDRESSES.values(), *GIVEN) if given.get(name)}
        key, hidden = (self.settings.get(name, "local") for name in KEYS)
        self.s3 = S3(place.data / "s3", bucket=self.settings["MEDIA_BUCKET"], key=key, secret=hidden)
        self.postgres = Postgres(place.data / "postgres", password=secret("DATABASE_PASSWORD"), durable=durable)
        cards = {name: given.get(name) or secret(name) for name in ("CARD_PROVIDER_KEY", "CARD_WEBHOOK_SECRET")}
        every: list[Service] = [  # the slowest to boot first; last PostgreSQL, whose files are made meanwhile
            SQS(self.settings),
            CardProvider(place.data / "testpay", keys=cards),
            Redis(place.data / "redis", durable=durable),
            self.s3,
            self.postgres,
        ]
        self.embedded = [service for service in every if not given.get(ADDRESSES[service.name])]
        self.processes = {service.name: Process(service.program(), place) for service in self.embedded}

    @property
    def environment(self) -> dict[str, str]:
        found = dict(self.settings)
        for service in self.embedded:
            found |= service.environment()
        return found | self.given

    @property
    def media(self) -> Path | None:
        """The directory of the bucket's objects, if S3 is embedded."""
        return self.s3.media if "s3" in self.processes else None

    def start(self) -> None:
        for service in self.embedded:
            service.prepare()
            self.processes[service.name].start()

    def wait(self, service: Service) -> None:
        """Return when the service can be used. Raises LaunchError with its last log lines if it cannot."""
        process = self.processes[service.name]
        process.wait_until(service.ready, seconds=BOOT, what=service.title)
        service.provision()

    def wait_all(self) -> None:
        for service in self.embedded:
            self.wait(service)

    def stop(self) -> None:
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.finish()

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()

    def restart(self, name: str) -> None:
        """Start one again and wait until it can be used, as tests of outages do."""
        self.processes[name].start()
        self.wait(next(service for service in self.embedded if service.name == name))


def aws_settings(given: Mapping[str, str], secret: Secret) -> dict[str, str]:
    """Region, bucket, queue prefix and keys: the given ones, else ours for the embedded services.

    Without a given key and with an S3 or SQS from outside, the keys are left to boto's usual chain.
    """
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION") or "eu-central-1"
    settings = {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "MEDIA_BUCKET": given.get("MEDIA_BUCKET") or BUCKET,
        "SQS_QUEUE_PREFIX": given.get("SQS_QUEUE_PREFIX") or "shop-",
    }
    if given.get("AWS_ACCESS_KEY_ID"):
        keys = {name: given.get(name, "") for name in KEYS}
    elif given.get(ADDRESSES["s3"]) or given.get(ADDRESSES["sqs"]):
        keys = {}
    else:
        keys = {"AWS_ACCESS_KEY_ID": "shop-local", "AWS_SECRET_ACCESS_KEY": secret("AWS_SECRET_ACCESS_KEY")}
    return settings | keys


def wait_for_database(url: str, *, seconds: float = 10) -> None:
    """Return when a PostgreSQL from outside answers. Raises LaunchError with its own words if it does not."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise LaunchError(
                    "The database that DATABASE_URL names does not answer.", str(error).splitlines()[-3:]
                ) from error
            time.sleep(0.5)
