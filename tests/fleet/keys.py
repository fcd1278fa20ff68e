"""Where pods get their keys to AWS from, as from the agents of EKS and ECS: it can be away."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any


class Agent(http.server.ThreadingHTTPServer):
    """Gives keys that end so soon that they are fetched anew for each request to AWS."""

    away = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def environment(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.server_address[1]}/"
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": address, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


class Answer(http.server.BaseHTTPRequestHandler):
    server: Agent

    def do_GET(self) -> None:
        ends = datetime.now(UTC) + timedelta(minutes=5)
        keys = {"AccessKeyId": "test", "SecretAccessKey": "test", "Token": "test", "Expiration": ends.isoformat()}
        self.send_response(500 if self.server.away else 200)
        self.end_headers()
        self.wfile.write(json.dumps({} if self.server.away else keys).encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def agent() -> Iterator[Agent]:
    with Agent() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
