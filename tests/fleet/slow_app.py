"""A WSGI application that takes as long as the address says:

/slow/2.5 answers after 2.5 seconds. Probes are the store's own.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from shop.platform import health


def _answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/slow/"):
        time.sleep(float(path.removeprefix("/slow/")))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"done\n"]


health._Pod.schema_seen = True  # there is no database behind this one
app = health.with_probes(_answer)
