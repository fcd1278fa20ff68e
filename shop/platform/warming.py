"""A process loads what its first answers need (code, templates, a connection) before it says that it is ready.

Otherwise those who come first wait for it together, and on a cold process that takes longer than a page may.
"""

import gc
import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings

logger = logging.getLogger("shop.warming")
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def warm_up(application: Application) -> None:
    """Ask the WSGI application for settings.WARM_UP. Never raises: what fails here will say so to its visitor.

    What is loaded then stays as long as the process: Python need not look through it for what can go, which would stop
    a request for a tenth of a second every now and then.
    """
    for path in settings.WARM_UP:
        try:
            _ask(application, path)
        except Exception:
            logger.exception("could not be asked while warming up", extra={"path": path})
    gc.collect()
    gc.freeze()


def _ask(application: Application, path: str) -> None:
    shop = urlsplit(settings.PUBLIC_URL)
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": shop.netloc, "wsgi.url_scheme": shop.scheme}
    environ["HTTP_X_FORWARDED_PROTO"] = shop.scheme
    setup_testing_defaults(environ)
    answer = application(environ, lambda *_: None)
    for _piece in answer:
        pass
    if close := getattr(answer, "close", None):
        close()
