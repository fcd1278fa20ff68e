"""A web pod that is told to stop finishes what it holds, takes nothing new, and says so."""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from config.local.balancer import Balancer
from tests.fleet.gunicorns import Web, ask, free_port, get, serving, wait_until
from tests.services import fleet


def test_request_in_flight_completes_and_new_connections_are_refused_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as web, ThreadPoolExecutor(1) as shopper:
        answer = shopper.submit(get, web.port, "/held/")
        web.wait_for_held(1)
        web.terminate()
        wait_until(lambda: web.status("/livez") is None, "the door is closed", 60)
        with pytest.raises(ConnectionRefusedError):  # so that a balancer tries the next pod at once
            get(web.port, "/")
        assert not answer.done(), "the door has to close while the slow request is still in flight"
        web.let_go()
        assert answer.result() == (200, b"done\n")
        assert web.process.wait(20) == 0


def test_idle_pod_stops_quickly(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as web:
        web.terminate()
        assert web.process.wait(20) == 0  # it waits for requests for up to 30 seconds


def test_kept_connection_gets_a_last_answer_and_is_told_to_close(tmp_path: Path) -> None:
    with serving(tmp_path / "log") as web:
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        connection.request("GET", "/")
        connection.getresponse().read()
        web.terminate()
        wait_until(lambda: web.status("/livez") is None, "the door is closed", 60)
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Connection")) == (503, "close")
        assert b"draining" in answer.read()


def test_draining_pod_says_so_and_goes_on_serving_until_its_time_is_over(tmp_path: Path) -> None:
    with serving(tmp_path / "log", WEB_DRAIN_SECONDS="5") as web:
        assert web.status("/readyz") == 200
        web.terminate()
        wait_until(lambda: web.status("/readyz") == 503, "readiness is off", 60)
        assert web.status("/livez") == 200, "a draining pod is alive: its probe must not kill it"
        assert web.status("/") == 200, "whoever has not noticed yet must be served"
        wait_until(lambda: web.status("/") is None, "the door is closed", 60)
        assert web.process.wait(20) == 0


def test_two_workers_share_one_door_and_both_stop_cleanly(tmp_path: Path) -> None:
    """Each has a thread for all of the requests, however they are shared."""
    with serving(tmp_path / "log", WEB_WORKERS="2", WEB_THREADS="6") as web, ThreadPoolExecutor(6) as shoppers:
        answers = [shoppers.submit(get, web.port, "/held/") for _ in range(6)]
        web.wait_for_held(6)
        web.terminate()
        wait_until(lambda: web.status("/livez") is None, "the door is closed", 60)
        web.let_go()
        assert [answer.result()[0] for answer in answers] == [200] * 6
        assert web.process.wait(20) == 0
        assert [line for line in web.logged() if line["level"] in ("error", "critical")] == []


def test_every_line_is_json_and_probes_are_not_logged(tmp_path: Path) -> None:
    with serving(tmp_path / "log", POD_NAME="web-7") as web:
        web.status("/orders/8kk2-secret/?email=ann@example.com")
        web.status("/readyz")
        web.terminate()
        web.process.wait(20)
        requests = [line for line in web.logged() if line["logger"] == "gunicorn.access"]
        assert [(line["path"], line["status"], line["pod"]) for line in requests] == [("/orders/...", 200, "web-7")]
        assert "secret" not in web.log.read_text() and "ann@" not in web.log.read_text()


@pytest.fixture
def balanced(tmp_path: Path) -> Iterator[tuple[int, list[Web]]]:
    """Two web processes behind Caddy. Yields the balancer's port and the two."""
    webs = [Web(tmp_path / f"web-{number}.log") for number in (1, 2)]
    balancer = Balancer(tmp_path / "balancer", port=free_port(), upstreams=[web.port for web in webs])
    balancer.prepare()
    program = balancer.program()
    with (tmp_path / "balancer.log").open("wb") as log:
        process = subprocess.Popen(program.command, stdout=log, stderr=log, env=dict(program.environment))
    wait_until(balancer.ready, "the balancer answers", 60)
    try:
        yield balancer.port, webs
    finally:
        for each in [process, *(web.process for web in webs)]:
            each.kill()
            each.wait()


class Shoppers:
    """Threads that ask the balancer again and again; each answer's status is kept, None for a cut connection."""

    def __init__(self, port: int, requests: list[str]) -> None:
        self.statuses: list[int | None] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(port, *line.split())) for line in requests]

    def __enter__(self) -> "Shoppers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, port: int, method: str, path: str) -> None:
        while not self._over.is_set():
            try:
                self.statuses.append(ask(port, method, path)[0])
            except (OSError, http.client.HTTPException):
                self.statuses.append(None)
            time.sleep(0.02)


def test_rolling_restart_behind_a_balancer_loses_no_request(balanced: tuple[int, list[Web]]) -> None:
    port, webs = balanced
    with Shoppers(port, ["GET /", "POST /", "GET /slow/0.3", "POST /slow/1"]) as shoppers:
        for web in webs * 2:
            time.sleep(1)
            web.terminate()
            assert web.process.wait(120) == 0
            web.start()
        time.sleep(1)
    assert len(shoppers.statuses) > 100
    assert set(shoppers.statuses) == {200}


def test_when_the_arbiter_is_killed_nobody_is_cut_off(tmp_path: Path) -> None:
    """Its worker lives on for a moment: who reaches it is answered, who comes later is refused and may go elsewhere."""
    outcomes: list[str] = []

    def post_until_refused() -> None:
        while True:
            try:
                outcomes.append(str(ask(web.port, "POST", "/slow/0.02")[0]))
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException) as error:
                outcomes.append(repr(error))

    with serving(tmp_path / "log") as web, ThreadPoolExecutor(6) as pool:
        running = [pool.submit(post_until_refused) for _ in range(6)]
        time.sleep(0.5)
        web.process.kill()
        for each in running:
            each.result(timeout=60)
    cut = [outcome for outcome in outcomes if outcome != "200"]
    assert len(cut) <= 1, f"but for one that came in the instant in which the door closed: {cut}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_while_it_starts_ends_well() -> None:
    pods = fleet("young-worker", settings.DATABASES["default"], web=0, relays=0, workers=1)
    worker, heartbeat = pods.processes["worker-1"], pods.place.run / "worker-1.heartbeat"
    heartbeat.unlink(missing_ok=True)
    pods.start("worker")
    try:
        wait_until(heartbeat.exists, "its first sign of life", 120)
        worker.ask_to_stop()
        worker.finish()
        assert worker.exit_code == 0, worker.tail()
    finally:
        pods.end()
