"""HTTP: finds the function for a request and writes its answer."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from config.local.testpay import api, pages, switches
from config.local.testpay.ledger import Ledger, Refused
from config.local.testpay.webhooks import Courier

LARGEST_BODY = 64 * 1024


@dataclass
class Request:
    """One request with all it needs: the parts of its path that a route names, and the provider's own things."""

    method: str
    path: str
    headers: Any
    body: bytes
    ledger: Ledger
    courier: Courier
    origin: str
    words: dict[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Raises Refused 400."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Refused(400, "bad_json", "The body has to be a JSON object.")
        return value

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def as_page(page: pages.Page) -> Answer:
    if page.location:
        return Answer(303, b"", {"Location": page.location})
    policy = f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self' {page.returns_to}"
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    return Answer(page.status, page.html.encode(), headers)


Handler = Callable[[Request], Answer]
ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", r"/v1/payments", lambda request: as_json(*api.create(request))),
    ("GET", r"/v1/payments/(?P<id>\w[\w-]*)", lambda request: as_json(*api.show(request))),
    ("POST", r"/v1/payments/(?P<id>\w[\w-]*)/cancel", lambda request: as_json(*api.cancel(request))),
    ("GET", r"/pay/(?P<id>\w[\w-]*)", lambda request: as_page(pages.show(request))),
    ("POST", r"/pay/(?P<id>\w[\w-]*)", lambda request: as_page(pages.pay(request))),
    ("GET", r"/pay/(?P<id>\w[\w-]*)/confirm", lambda request: as_page(pages.show_confirmation(request))),
    ("POST", r"/pay/(?P<id>\w[\w-]*)/confirm", lambda request: as_page(pages.confirm(request))),
    ("POST", r"/pay/(?P<id>\w[\w-]*)/cancel", lambda request: as_page(pages.cancel(request))),
    ("POST", r"/_test/webhooks", lambda request: as_json(*switches.turn(request))),
    ("POST", r"/_test/outage", lambda request: as_json(*switches.break_down(request))),
    ("POST", r"/_test/payments/(?P<id>\w[\w-]*)/deliver", lambda request: as_json(*switches.deliver(request))),
    ("POST", r"/_test/payments/(?P<id>\w[\w-]*)/wait", lambda request: as_json(*switches.wait(request))),
    ("POST", r"/_test/forget", lambda request: as_json(*switches.forget(request))),
    ("GET", r"/_test/payments/(?P<id>\w[\w-]*)/events", lambda request: as_json(*switches.events(request))),
    ("GET", r"/health", lambda _request: as_json(200, {"ok": True})),
]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], ledger: Ledger, courier: Courier, key: str) -> None:
        super().__init__(address, Exchange)
        self.ledger, self.courier, self.key = ledger, courier, key


class Exchange(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "testpay", ""
    disable_nagle_algorithm = True
    timeout = 60  # seconds an idle connection is kept

    def do_GET(self) -> None:
        self._exchange()

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for
    do_HEAD = do_GET  # noqa: N815

    def _exchange(self) -> None:
        try:
            answer = self._answer(self._request())
        except Refused as refused:
            answer = self._refusal(refused)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else answer.body)

    def _request(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Refused(413, "too_large", "The body is too large.")
        origin = f"http://{self.headers.get('Host') or '127.0.0.1'}"
        method = "GET" if self.command == "HEAD" else self.command
        parts = (method, urlsplit(self.path).path, self.headers, self.rfile.read(length))
        return Request(*parts, self.server.ledger, self.server.courier, origin)

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(("/v1/", "/_test/")) and request.headers.get("Authorization") != self._bearer:
            raise Refused(401, "wrong_key", "The API key is missing or wrong.")
        if not switches.is_hit(request.path):
            return self._routed(request)
        if not switches.outage.after:
            switches.misbehave()
            return self._routed(request)
        answer = self._routed(request)
        switches.misbehave()
        return answer

    def _routed(self, request: Request) -> Answer:
        for method, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                request.words = match.groupdict()
                return handler(request)
        raise Refused(404, "not_found", "There is nothing here.")

    @property
    def _bearer(self) -> str:
        return f"Bearer {self.server.key}"

    def _refusal(self, refused: Refused) -> Answer:
        if self.path.startswith("/pay/"):
            return as_page(pages.refusal(refused))
        return as_json(refused.status, {"code": refused.code, "message": refused.message})

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - the name in the standard library
        print(f"{self.command} {urlsplit(self.path).path} {values[1] if len(values) > 1 else ''}", flush=True)
