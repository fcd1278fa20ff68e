"""Which requests the load balancer sends again when a process fails, and what the shopper gets when none is left."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from config.local import ports
from config.local.balancer import Balancer, media_from
from config.local.process import Place, Process
from tests.waiting import patience

until = patience(60)


class Pod(BaseHTTPRequestHandler):
    """Answers with its port, or cuts the connection after it has read a request to a path that begins with /cut."""

    def do_GET(self) -> None:
        name = str(self.server.server_address[1])
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/readyz":
            seen.append((self.command, name))
        if self.path.startswith("/cut") and cutting == {name}:
            self.connection.close()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(name)))
        self.send_header("X-Pod", name)
        self.end_headers()
        self.wfile.write(name.encode())

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, *arguments: object) -> None:
        """Not to the terminal."""


seen: list[tuple[str, str]] = []
cutting: set[str] = set()


@contextmanager
def pod(port: int) -> Iterator[str]:
    with ThreadingHTTPServer((ports.HOST, port), Pod) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield str(port)
        server.shutdown()


@pytest.fixture
def upstreams() -> list[int]:
    seen.clear()
    cutting.clear()
    return ports.free(2)


@pytest.fixture
def client(
    request: pytest.FixtureRequest, place: Place, upstreams: list[int], tmp_path: Path
) -> Iterator[httpx.Client]:
    """Of a balancer that tries for four seconds, or as many as a test gives."""
    media = tmp_path / "bucket"
    media.mkdir()
    (media / "picture.webp").write_bytes(b"a picture")
    port, files = ports.free(1)[0], media_from(media)
    routes = {f"only-{upstream}": [upstream] for upstream in upstreams}
    tries = {"try_for": getattr(request, "param", 4), "routes": routes}
    balancer = Balancer(place.data / "balancer", port=port, upstreams=upstreams, media=files, **tries)
    balancer.prepare()
    process = Process(balancer.program(), place)
    process.start()
    process.wait_until(balancer.ready, seconds=60, what="balancer")
    with httpx.Client(base_url=balancer.url, timeout=60) as found:
        yield found
    process.kill()


def test_a_request_that_names_a_route_goes_nowhere_else_and_learns_who_let_it_down(client, upstreams):
    with pod(upstreams[0]) as first, pod(upstreams[1]) as second:
        answers = [client.get("/", headers={"X-Route": f"only-{second}"}) for _ in range(4)]
        cutting.add(first)
        cut = client.post("/cut", headers={"X-Route": f"only-{first}"})
    assert {answer.headers["X-Pod"] for answer in answers} == {second}
    assert (cut.status_code, cut.headers["X-Upstream"]) == (502, f"{ports.HOST}:{first}")


def test_requests_go_to_each_process_in_turn(client, upstreams):
    with pod(upstreams[0]) as first, pod(upstreams[1]) as second:
        until(lambda: {client.get("/").text for _ in range(6)} == {first, second})  # it has seen that both are there


def test_a_post_goes_to_the_next_process_when_the_connection_is_refused(client, upstreams):
    with pod(upstreams[1]) as alive:
        for _ in range(5):
            assert client.post("/", content=b"an order").text == alive


def test_a_get_that_breaks_is_sent_to_the_next_process(client, upstreams):
    with pod(upstreams[0]) as first, pod(upstreams[1]) as second:
        cutting.add(first)
        answers: list[str] = []
        until(lambda: answers.append(client.get("/cut").text) or ("GET", first) in seen)
    assert set(answers) == {second}


def test_a_post_that_breaks_is_not_sent_twice(client, upstreams):
    with pod(upstreams[0]) as first, pod(upstreams[1]):
        cutting.add(first)
        answers: list[int] = []
        until(lambda: answers.append(client.post("/cut", content=b"an order").status_code) or 502 in answers)
    assert len([method for method, _ in seen if method == "POST"]) == len(answers)


@pytest.mark.parametrize("client", [60], indirect=True)
def test_a_request_waits_while_no_process_is_there(client, upstreams):
    answers: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(client.post("/", content=b"an order")))
    waiting.start()
    waiting.join(1.5)
    assert answers == []
    with pod(upstreams[0]):
        waiting.join(60)
        assert answers[0].status_code == 200


def test_the_shopper_gets_a_page_and_the_phone_a_problem_when_none_comes(client):
    with ThreadPoolExecutor(2) as both:
        page, problem = both.map(client.get, ("/", "/api/v1/products/"))
    assert (page.status_code, problem.status_code) == (503, 503)
    assert "please try again" in page.text
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 503
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "2"


def test_media_are_served_from_the_bucket_for_ever_and_missing_ones_not_kept(client):
    there, missing = client.get("/media/picture.webp"), client.get("/media/missing.webp")
    assert (there.status_code, there.content) == (200, b"a picture")
    assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert there.headers["Content-Type"] == "image/webp"
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("Cache-Control", "")
