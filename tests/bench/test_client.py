"""The load generator asks as often as it is told, on kept connections, and notices wrong answers."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

import pytest

from bench.client import Broken, Caller, drive, request
from config.local import ports


class Server(BaseHTTPRequestHandler):
    """Answers with what it was sent; keeps connections."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen.append(self.client_address[1])
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Set-Cookie", "cart=abc:1; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(304)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Not to the terminal."""


seen: list[int] = []


@pytest.fixture
def port() -> Iterator[int]:
    seen.clear()
    (found,) = ports.free(1)
    with ThreadingHTTPServer(("127.0.0.1", found), Server) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        server.shutdown()


@pytest.fixture
def callers(port: int) -> Iterator[list[Caller]]:
    found = [Caller(port) for _ in range(3)]
    yield found
    for caller in found:
        caller.close()


def test_it_sends_the_number_that_was_asked_for_over_the_connections_it_has(port, callers):
    load = drive(callers, repeat(request("POST", f"127.0.0.1:{port}/", body=b"x" * 300_000)), seconds=20, most=50)
    assert (load.count, load.failures) == (50, 0)
    assert len(seen) == 50
    assert len(set(seen)) == 3
    assert all(0 < latency < load.seconds for latency in load.latencies)


def test_it_ends_with_the_requests_and_with_the_time(port, callers):
    ask = request("POST", f"127.0.0.1:{port}/", body=b"x")
    assert drive(callers, iter([ask, ask]), seconds=20, most=50).count == 2
    assert drive(callers, repeat(ask), seconds=0.2, most=10**9).seconds < 60


def test_each_connection_may_have_requests_of_its_own(port, callers):
    rugs, lamps = (request("POST", f"127.0.0.1:{port}/", body=word, text=word.decode()) for word in (b"rug", b"lamp"))
    load = drive(callers[:2], {callers[0]: iter([rugs] * 5), callers[1]: iter([lamps])}, seconds=20, most=50)
    assert (load.count, load.failures) == (6, 0)
    assert callers[1].request == lamps


def test_wrong_answers_are_counted_and_named(port, callers):
    missing = request("POST", f"127.0.0.1:{port}/missing", body=b"where is it")
    other = request("POST", f"127.0.0.1:{port}/", body=b"something", text="something else")
    load = drive(callers, iter([missing, other]), seconds=20, most=50)
    assert load.failures == 2
    assert sorted(load.complaints) == [
        "POST / HTTP/1.1: 'something else' is not in the answer",
        "POST /missing HTTP/1.1: 404 instead of 200: where is it",
    ]


def test_an_answer_is_read_with_its_cookies(port, callers):
    answer = callers[0].send(request("POST", f"127.0.0.1:{port}/", body=b"x" * 10_000))
    assert answer.cookies() == {"cart": "abc:1"}
    assert answer.header("content-length") == "10000"
    assert answer.body == b"x" * 10_000


def test_an_answer_without_body_ends_with_its_head(port, callers):
    assert callers[0].send(request("GET", f"127.0.0.1:{port}/", status=304)).body == b""


def test_what_is_sent_alone_has_to_be_right(port, callers):
    with pytest.raises(Broken, match="404 instead of 200"):
        callers[0].send(request("POST", f"127.0.0.1:{port}/missing", body=b"x"))


def test_work_that_is_due_before_each_request_is_done_before_each(port, callers):
    done: list[int] = []
    ask = request("POST", f"127.0.0.1:{port}/", body=b"x")
    drive(callers[:1], repeat(ask), seconds=20, most=5, before=lambda: done.append(len(seen)))
    assert done == [0, 1, 2, 3, 4]


def test_it_reads_what_is_packed_as_browsers_do(port, callers):
    body = gzip.compress(b"a page with a lamp")
    lamp, rug = (request("POST", f"127.0.0.1:{port}/packed", body=body, text=text) for text in ("lamp", "rug"))
    assert callers[0].send(lamp).body == b"a page with a lamp"
    load = drive(callers, iter([lamp, rug, lamp]), seconds=20, most=3)
    assert (load.count, load.failures) == (3, 1)
