"""Telling of a write: to a metric, to the log, or as an error."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("stateless.guard")

LOCAL_SERVICE = "connected to the unconfigured service"
NO_SERVICE = (
    "In a pod there is nothing at this address, or a service of its own: take the address from a setting. If it is "
    "harmless, name it in STATELESS_GUARD_ALLOWED"
)
REMEDY = (
    "Nobody else sees it, and it is lost with the pod: use the database, the session, the cache or default_storage. "
    "If it is harmless, name it in STATELESS_GUARD_ALLOWED"
)


@dataclass(frozen=True, slots=True)
class Write:
    """One thing that a pod did to itself.

    `action` and `target`: "opened for writing", "/srv/a.txt". `place`: "shop/cart.py:12", the project's own line that
    did it. `name`: route or task; `work`: the same for people, such as "GET /cart/".
    """

    action: str
    target: str
    place: str
    name: str
    work: str
    pod: str

    def __str__(self) -> str:
        remedy = NO_SERVICE if self.action == LOCAL_SERVICE else REMEDY
        return f"{self.work} on {self.pod}: {self.place} {self.action} {self.target}. {remedy}."


class StateWritten(Exception):
    """A request or a task wrote to its own pod."""

    def __init__(self, write: Write) -> None:
        super().__init__(str(write))
        self.write = write


Listener = Callable[[Write], None]
_listeners: list[Listener] = []
_logged: set[tuple[str, str]] = set()  # per-pod: (place, action) that this process has logged


def tell(listener: Listener) -> None:
    """Have `listener` called for each write in mode "count". It must not write itself, nor raise."""
    if listener not in _listeners:
        _listeners.append(listener)


def count(write: Write) -> None:
    for listener in _listeners:
        listener(write)
    if (write.place, write.action) not in _logged:
        _logged.add((write.place, write.action))
        logger.warning("%s", write, extra={"place": write.place, "target": write.target})
