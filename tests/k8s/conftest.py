import http.server
import threading
from collections.abc import Iterator

import pytest


class Shop(http.server.BaseHTTPRequestHandler):
    """Answers as the store does; the path in `broken` is not found."""

    broken = ""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == self.broken else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of pages that a release asks."""
    monkeypatch.setattr(Shop, "broken", "")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
