"""Answers kept pages before Django begins."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from shop.platform import metrics, pod, timing
from shop.platform.pages import shelf
from shop.platform.pages.address import Addresses
from shop.platform.pages.middleware import ASKED
from shop.platform.pages.page import Page, reply

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
STATUS = {200: "200 OK", 304: "304 Not Modified"}


def with_pages(application: Application) -> Application:
    """Wrap a WSGI application, which answers what is not kept. It is told what Redis said: Redis is asked only once."""
    addresses, is_shown = Addresses(), settings.SHOP_SHOW_POD

    def wrapped(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        timed = timing.begin(environ) if is_shown else None
        key = addresses.key(environ)
        if not key:
            return application(environ, start_response)
        found = shelf.ask(key, environ.get("HTTP_IF_NONE_MATCH", ""))
        if not isinstance(found, Page):
            environ[ASKED] = key, found
            return application(environ, start_response)
        sent = reply(found, environ)
        start_response(STATUS[sent.status], [*sent.headers, *(pod.headers(timed) if timed else [])])
        metrics.count(environ["REQUEST_METHOD"], found.route, sent.status, time.perf_counter() - began)
        return [sent.body] if sent.body else []

    return wrapped
