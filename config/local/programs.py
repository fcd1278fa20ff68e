"""Programs that pip installed beside this Python, or that the machine has."""

import shutil
import sys
from pathlib import Path

from config.local.trouble import Trouble


def installed(name: str) -> str:
    """Return the program's path. Raises Trouble if it is nowhere."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Trouble(f"{name} is not installed here: install requirements-local.txt.")
    return found
