"""One run: a database of its own, queues of its own, a mail server that counts, and the processes of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.local import ports
from config.local.balancer import media_from
from config.local.mailserver import MailServer
from config.local.process import Place, Process, Program, python
from config.local.proxy import Proxy
from config.local.sqs import create_queues
from config.local.unwinding import Unwinding
from prove.disk import Disk
from prove.fleet import ProvedFleet
from prove.ground import NEW, OLD, Ground
from prove.manifest import Pod

RESEND_AFTER = "3"  # seconds: a message lost with a worker is sent again
VARIABLES = {  # the settings that lead to a service
    "redis": ("REDIS_URL", "REDIS_SESSIONS_URL"),
    "sqs": ("AWS_ENDPOINT_URL_SQS", "SQS_QUEUE_BASE_URL"),
    "s3": ("AWS_ENDPOINT_URL_S3",),
}


@dataclass(frozen=True)
class Size:
    """How many processes; `mixed`: half of each kind run the old code. `echo`: share of messages delivered again."""

    web: int = 4
    workers: int = 2
    relays: int = 2
    mixed: bool = False
    echo: float = 0.3


FULL = Size()
ROLLED = Size(web=4)  # one worker of each kind: nobody does its work while it is replaced
CALM = Size(web=1, workers=1, relays=1, echo=0.0)


class Stage(Unwinding):
    """A context. `extra`: environment for the store's processes on top. `pods`: see ProvedFleet."""

    def __init__(
        self,
        ground: Ground,
        name: str,
        size: Size,
        extra: Mapping[str, str] | None = None,
        pods: Mapping[str, Pod] | None = None,
    ) -> None:
        super().__init__()
        self.ground, self.name, self.size, self.extra = ground, name, size, dict(extra or {})
        self.pods = pods or {}

    def _start(self) -> None:
        self.place = Place(self.ground.place.data / self.name, self.ground.place.mark).make()
        self.database = self.ground.clone(self.name)
        self.mail = MailServer()
        self.mail.start()
        self._stack.callback(self.mail.stop)
        queues = {**self.ground.environment, "SQS_QUEUE_PREFIX": f"{self.name}-"}
        create_queues(queues)
        self.proxies = {service: self._proxy(service) for service in VARIABLES}
        self.fleet = self._fleet()
        self.disk = Disk(self.fleet)
        self._stack.callback(self.kill)
        self.fleet.start()
        self._echo()
        self.fleet.wait()
        self.disk.begin()

    def _proxy(self, service: str) -> Proxy:
        address = urlsplit(self.ground.environment[VARIABLES[service][0]])
        proxy = Proxy(address.port or 0)
        self._stack.callback(proxy.close)
        return proxy

    def _fleet(self) -> ProvedFleet:
        size = self.size
        roles = {"web": size.web, "worker": size.workers, "relay": size.relays}
        directories = {
            f"{role}-{number}": self.ground.code[self._version(number)]
            for role, many in roles.items()
            for number in range(1, many + 1)
        }
        (port,) = ports.free(1)
        return ProvedFleet(
            self.place,
            self.environment(f"http://{ports.HOST}:{port}"),
            code=directories,
            pods=self.pods,
            media=media_from(self.ground.services.s3.media),
            port=port,
            web=size.web,
            workers=size.workers,
            relays=size.relays,
        )

    def _version(self, number: int) -> str:
        """Of two processes of a kind that are neighbours, one is old."""
        return OLD if self.size.mixed and number % 2 == 0 else NEW

    def environment(self, url: str) -> dict[str, str]:
        base = {
            **self.ground.environment,
            "DATABASE_URL": self.database,
            "SQS_QUEUE_PREFIX": f"{self.name}-",
            "REDIS_KEY_PREFIX": self.name,
            "EMAIL_URL": self.mail.url,
            "MEDIA_URL": f"{url}/media/",
            "PUBLIC_URL": url,
            "OUTBOX_RESEND_AFTER": RESEND_AFTER,
        }
        base.setdefault("REDIS_SESSIONS_URL", base["REDIS_URL"].rpartition("/")[0] + "/1")
        for service, variables in VARIABLES.items():
            base |= {name: _through(base[name], self.proxies[service]) for name in variables}
        return {**base, **self.extra}

    def _echo(self) -> None:
        """It speaks to SQS itself, not through the proxy: what it does is not the store's."""
        if not self.size.echo:
            return
        own = {**self.fleet.environment, "AWS_ENDPOINT_URL_SQS": self.ground.environment["AWS_ENDPOINT_URL_SQS"]}
        own["SQS_QUEUE_BASE_URL"] = self.ground.environment["SQS_QUEUE_BASE_URL"]
        command = python("-m", "prove.echo", str(self.size.echo))
        program = Program("echo", command, own, directory=self.ground.code[NEW])
        echo = Process(program, self.place)
        echo.start()
        self._stack.callback(echo.kill)

    def kill(self) -> None:
        """At once and side by side: nothing of it is kept."""
        for process in self.fleet.processes.values():
            process.kill()


def _through(address: str, proxy: Proxy) -> str:
    found = urlsplit(address)
    account, at, _host = found.netloc.rpartition("@")
    return found._replace(netloc=f"{account}{at}{ports.HOST}:{proxy.port}").geturl()
