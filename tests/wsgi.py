"""Ask the store as a server does: through the WSGI application, with what stands in front of Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from shop.platform.body import with_bodies
from shop.platform.pages.front import with_pages


@contextmanager
def _connection_kept() -> Iterator[None]:
    """A request would otherwise close the connection that the test's transaction is in."""
    request_started.disconnect(close_old_connections)
    try:
        yield
    finally:
        request_started.connect(close_old_connections)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    def __init__(self) -> None:
        self.application = with_pages(with_bodies(get_wsgi_application()))

    def get(self, address: str, method: str = "GET", **fields: Any) -> Answer:
        """Ask; `fields` are WSGI's, such as HTTP_HOST or wsgi.input."""
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            **fields,
        }
        said: list[Any] = []
        with _connection_kept():
            body = b"".join(self.application(environ, lambda *given: said.append(given)))
        status, headers = said[0][:2]
        names = [name for name, _ in headers]
        assert len(names) == len(set(names)), names
        return Answer(int(status.split()[0]), dict(headers), body)
