"""Commands of the store that run once while it starts, and by hand against a running one."""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from config.local.errors import LaunchError
from config.local.options import from_environment
from config.local.process import PROJECT, Place, Process, Program, python

ENVIRONMENT = "environment"  # a file in the run directory: the environment of the running store's processes


class Command:
    """A command that is started now and waited for later."""

    def __init__(
        self,
        place: Place,
        name: str,
        arguments: list[str],
        environment: Mapping[str, str],
        *,
        directory: Path = PROJECT,
    ) -> None:
        own = {**os.environ, "PYTHONUNBUFFERED": "1", "POD_NAME": name, **environment}
        self.process = Process(Program(name, python(*arguments), own, directory=directory), place)
        self.process.start()

    def wait(self, note: Callable[[str], None] = lambda _: None) -> None:
        """Tell its last line while it runs. Raises LaunchError with its last lines if it fails."""
        while self.process.running:
            note((self.process.tail(1) or [""])[0])
            time.sleep(0.1)
        note("")
        self.process.bury()
        if self.process.exit_code:
            sentence = f"The step {self.process.name} failed; all it said is in {self.process.log}."
            raise LaunchError(sentence, self.process.tail())


class StaticFiles:
    """Copies of the static files with hashed names, made again when one of their sources has changed."""

    def __init__(self, place: Place, environment: Mapping[str, str]) -> None:
        self.stamp = PROJECT / "staticfiles" / ".collected"
        self.state = f"{environment.get('STATICFILES_STORAGE', '')} {_static_state()}"
        self.command: Command | None = None
        if not self.stamp.exists() or self.stamp.read_text() != self.state:
            self.command = Command(place, "collectstatic", ["manage.py", "collectstatic", "--noinput"], environment)

    def wait(self, note: Callable[[str], None] = lambda _: None) -> None:
        """Raises LaunchError if they cannot be made."""
        if self.command:
            self.command.wait(note)
            self.stamp.write_text(self.state)


def _static_state() -> str:
    """A fingerprint of the sources: our own static files, and the requirements that bring the others."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    for path in sorted((PROJECT / "shop").glob("*/static/**/*")):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def save(place: Place, environment: Mapping[str, str]) -> None:
    """Keep the store's environment for `manage`, readable by its owner only."""
    path = place.run / ENVIRONMENT
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\0" for name, value in environment.items()))


def manage(arguments: list[str]) -> int:
    """Become `manage.py` with the environment of the running store."""
    path = Path(from_environment().data) / "run" / ENVIRONMENT
    try:
        lines = path.read_text().split("\0")
    except OSError:
        print("No store runs on this data directory: start it first with `make run`.", file=sys.stderr)
        return 1
    os.environ.update(line.partition("=")[::2] for line in lines if line)
    return os.execv(sys.executable, python("manage.py", *arguments))


if __name__ == "__main__":
    sys.exit(manage(sys.argv[1:]))
