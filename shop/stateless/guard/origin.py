"""Which line of the project's code wrote something."""

import functools
import sys
import sysconfig
from pathlib import Path
from types import FrameType

from shop.stateless.scan.locating import is_library

OWN = str(Path(__file__).parent) + "/"
STANDARD = tuple({f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib")})
# Below these frames are only the middleware that the request passed through, and the server.
ENTRANCES = ("/django/core/handlers/", "/celery/app/trace.py")


def place() -> str:
    """Return "shop/cart.py:12", the innermost line of the project's own code on this thread's stack.

    If only libraries are on it, the innermost line of one that is not Python's own: "PIL/Image.py:2500, a library".
    """
    frame: FrameType | None = sys._getframe(1)
    library = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if any(part in name for part in ENTRANCES):
            break
        kind = _kind(name)
        if kind == "project":
            return f"{_shown(name)}:{frame.f_lineno}"
        if kind == "library" and not library:
            library = f"{_shown(name)}:{frame.f_lineno}, a library,"
        frame = frame.f_back
    return library or "Python"


@functools.cache
def _kind(name: str) -> str:
    if name.startswith(("<", OWN)):
        return "own"
    if is_library(Path(name)):
        return "python" if "-packages/" not in name and name.startswith(STANDARD) else "library"
    return "project"


@functools.cache
def _shown(name: str) -> str:
    for mark in ("site-packages/", "dist-packages/"):
        if mark in name:
            return name.rpartition(mark)[2]
    try:
        return str(Path(name).relative_to(Path.cwd()))
    except ValueError:
        return name
