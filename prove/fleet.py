"""The processes of a proof: each with its code, its own empty disk, and routes that say who serves a request."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from signal import SIGKILL

from config.local.balancer import Balancer
from config.local.errors import LaunchError
from config.local.fleet import Fleet
from config.local.process import Place, Process, Program
from prove.manifest import Pod, role_of

DISK = ("tmp", "home")


class ProvedFleet(Fleet):
    """`code`: the directory that a process runs, by its name. `pods`: by their roles, whose settings and time-outs the
    processes have; without, those of this machine.

    X-Route: not-web-1 is served by any web process but that one, only-web-1 by that one.
    """

    def __init__(
        self,
        place: Place,
        environment: Mapping[str, str],
        *,
        code: Mapping[str, Path],
        pods: Mapping[str, Pod] | None = None,
        media: str = "",
        **counts: int,
    ) -> None:
        self.code = code
        self.pods = pods or {}
        super().__init__(place, environment, media=media, **counts)
        self.balancer = Balancer(
            place.data / "balancer",
            port=self.port,
            upstreams=list(self.ports.values()),
            media=media,
            routes=self._routes(),
        )
        self.processes["balancer"] = Process(self.balancer.program(), place)

    @property
    def names(self) -> list[str]:
        """All processes of the store, without the balancer."""
        return [name for name in self.processes if name != "balancer"]

    def disk(self, name: str) -> Path:
        """The directory below which a process finds its home and its temporary files."""
        return self.place.data / "disk" / name

    def leave(self, name: str) -> None:
        """Stop a process as the kubelet stops a pod. Raises LaunchError if that takes longer than its grace period."""
        process = self.processes[name]
        if pod := self.pods.get(role_of(name)):
            time.sleep(pod.pause)
            process.stop(patience=pod.grace - pod.pause)
            if process.exit_code == -SIGKILL:
                raise LaunchError(f"{name} took longer than {pod.grace:.0f} seconds to stop: it would be killed.")
        else:
            process.stop()

    def settle_in(self, name: str) -> None:
        """Let a process that has just become ready prove itself, before the next one goes."""
        if pod := self.pods.get(role_of(name)):
            time.sleep(pod.ready)

    def _routes(self) -> dict[str, list[int]]:
        only = {f"only-{name}": [port] for name, port in self.ports.items()}
        others = {
            f"not-{name}": [port for other, port in self.ports.items() if other != name]
            for name in self.ports
            if len(self.ports) > 1
        }
        return only | others

    def _program(self, name: str) -> Program:
        program = super()._program(name)
        for part in DISK:
            (self.disk(name) / part).mkdir(parents=True, exist_ok=True)
        own = {"TMPDIR": str(self.disk(name) / "tmp"), "HOME": str(self.disk(name) / "home")}
        given = self.pods[role_of(name)].environment if self.pods else {}
        return replace(program, environment={**program.environment, **given, **own}, directory=self.code[name])
