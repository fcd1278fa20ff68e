"""Another system that is told by webhooks: it keeps what it hears, and answers what it is told to."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST = 30  # seconds for which an answer is held back at most


@dataclass(frozen=True)
class Heard:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None  # it waits for this
    drips: bool = False  # meanwhile it sends one header after the other


class Receiver(ThreadingHTTPServer):
    """`answers`: by path, those to give one after the other; the last one stays. Others are answered with 204."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.scheme = "https" if tls else "http"
        self.heard: list[Heard] = []
        self.answers: dict[str, list[Answer]] = {}
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up is no news."""

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}{path}"

    def ids(self, path: str = "/") -> list[str]:
        return [one.headers["webhook-id"] for one in self.heard if one.path == path]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(Heard(self.path, dict(self.headers), body))
        answers = self.server.answers.get(self.path, [Answer()])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.held and not answer.drips:
            answer.held.wait(LONGEST)
        self.send_response(answer.status)
        if answer.held and answer.drips:
            self.drip(answer.held)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def drip(self, held: threading.Event) -> None:
        for number in range(LONGEST * 20):
            self.send_header(f"X-Drop-{number % 50}", "1")
            self.flush_headers()
            if held.wait(0.05):
                return

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    started = Receiver(tls)
    try:
        yield started
    finally:
        started.stop()
