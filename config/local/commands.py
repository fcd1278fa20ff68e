"""Commands of the store that run once while it starts, and by hand against a running one."""

import hashlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config.local.options import from_environment
from config.local.process import PROJECT, Place, Process, Program, python
from config.local.steps import Step
from config.local.trouble import Trouble

ENVIRONMENT = "environment"  # in the run directory: what the running store's processes have in theirs


class Command:
    """A command that is started now and waited for later."""

    def __init__(self, place: Place, name: str, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.process = Process(Program(name, python(*arguments), {**os.environ, "PYTHONUNBUFFERED": "1", **environment}), place)
        self.process.start()

    def wait(self, step: Step) -> None:
        """Show its last line while it runs. Raises Trouble with its last lines if it fails."""
        while self.process.running:
            step.note((self.process.tail(1) or [""])[0])
            time.sleep(0.1)
        step.note("")
        self.process.bury()
        if self.process.exit_code:
            raise Trouble(f"{step.title}: the command failed; all it said is in {self.process.log}.", self.process.tail())


def static_files(place: Place, environment: Mapping[str, str]) -> Command | None:
    """Start collecting them if one has changed since the last time; None if there is nothing to do."""
    stamp = PROJECT / "staticfiles" / ".collected"
    state = _static_state()
    if stamp.exists() and stamp.read_text() == state:
        return None
    arguments = ["-c", _COLLECT, str(stamp), state]
    return Command(place, "collectstatic", arguments, environment)


_COLLECT = """\
import pathlib, sys
sys.argv, (stamp, state) = ["manage.py", "collectstatic", "--noinput"], sys.argv[1:]
import manage
from django.core.management import execute_from_command_line
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
execute_from_command_line(sys.argv)
pathlib.Path(stamp).write_text(state)
"""


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
    os.environ.update(line.split("=", 1) for line in lines if line)
    os.execv(sys.executable, python("manage.py", *arguments))  # noqa: S606


if __name__ == "__main__":
    sys.exit(manage(sys.argv[1:]))
