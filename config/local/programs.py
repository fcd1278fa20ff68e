"""Programs that pip installed beside this Python, or that the machine has."""

import shutil
import sys
from pathlib import Path

from config.local.errors import LaunchError


def installed(name: str) -> str:
    """Return the program's path. Raises LaunchError if it is nowhere."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise LaunchError(f"{name} is not installed here: install requirements-local.txt.")
    return found
