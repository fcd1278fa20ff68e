"""What the guard does about a write, and which writes it considers harmless."""

import os
import socket
import tempfile
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.stateless.places import STREAMS

# The machine's memory is no better than its disk: what stays there is seen by one pod only.
SHARED_MEMORY = "/dev/shm"  # noqa: S108


class Mode(StrEnum):
    OFF = "off"
    COUNT = "count"
    RAISE = "raise"


@dataclass(frozen=True, slots=True)
class Policy:
    """`allowed`: files, directories and addresses that may be written to. `temporary`: directories in which a request
    may make what it removes again.
    """

    mode: Mode
    pod: str
    allowed: tuple[str, ...]
    temporary: tuple[str, ...]

    def allows(self, path: str) -> bool:
        return "/__pycache__" in path or path.startswith(STREAMS) or is_within(path, self.allowed)

    def is_temporary(self, path: str) -> bool:
        return is_within(path, self.temporary)


def policy() -> Policy:
    """Return what the settings say. Raises ImproperlyConfigured for an unknown mode."""
    places = [tempfile.gettempdir(), getattr(settings, "FILE_UPLOAD_TEMP_DIR", None), SHARED_MEMORY]
    own = [*getattr(settings, "STATELESS_GUARD_ALLOWED", ()), os.environ.get("PROMETHEUS_MULTIPROC_DIR")]
    return Policy(_mode(), _pod(), _both(own), _both(places))


def is_within(path: str, directories: tuple[str, ...]) -> bool:
    """Return whether the path is one of these files or directories, or inside one."""
    return any(path == directory or path.startswith(f"{directory.rstrip('/')}/") for directory in directories)


def _mode() -> Mode:
    named = getattr(settings, "STATELESS_GUARD", Mode.COUNT)
    try:
        return Mode(named)
    except ValueError:
        raise ImproperlyConfigured(f"STATELESS_GUARD is {named!r}: write {', '.join(Mode)}.") from None


def _pod() -> str:
    return getattr(settings, "POD_NAME", None) or os.environ.get("HOSTNAME") or socket.gethostname()


def _both(names: list[str | None]) -> tuple[str, ...]:
    """Return each place under its own name and under the one that symbolic links lead to."""
    given = [str(name) for name in names if name]
    return tuple(dict.fromkeys(given + [os.path.realpath(name) for name in given if name.startswith("/")]))
