"""A WSGI application that takes as long as the address says:

/slow/2.5 answers after 2.5 seconds, /read with the length of the body, /held/ when the test says so: it adds a letter
to the file HELD, and waits until that is emptied. Probes are the store's own.
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from shop.platform import health


def _answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/slow/"):
        time.sleep(float(path.removeprefix("/slow/")))
    if path == "/held/":
        _wait_for_the_test(Path(os.environ["HELD"]))
    answer = b"done\n" if path != "/read" else b"%d\n" % len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


def _wait_for_the_test(held: Path) -> None:
    with held.open("a") as file:
        file.write("x")
    while held.stat().st_size:
        time.sleep(0.02)


health._Pod.schema_seen = True  # there is no database behind this one
app = health.with_probes(_answer)
