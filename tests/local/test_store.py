"""The whole store on one machine: it starts, answers, mends itself, stops without a trace, and keeps its data.

One store serves the tests of this file, in their order; each leaves it running, but for the last two.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from config.local import orphans, ports
from config.local.process import PROJECT
from tests.services import room
from tests.waiting import patience

until = patience(180)

pytestmark = [pytest.mark.fleet, pytest.mark.timeout(900)]
GIVEN = ("DATABASE_URL", "REDIS_URL", "REDIS_SESSIONS_URL", "SQS_QUEUE_BASE_URL", "CARD_PROVIDER_URL", "PUBLIC_URL")


class Run:
    """`python -m config.local` on a directory of its own, started and ended at will."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = ports.free(1)[0]
        self.output = data.with_suffix(".out")

    def start(self, *, wait: bool = True) -> None:
        environment = {name: value for name, value in os.environ.items() if not _is_of_the_tests(name)}
        environment |= {
            "SHOP_DATA": str(self.data),
            "PORT": str(self.port),
            "DEMO": "0",
            "DEMO_ADMIN_PASSWORD": "of my own",
        }
        with self.output.open("w") as output:
            command = [sys.executable, "-m", "config.local"]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
        if wait:
            until(lambda: "Store ready" in self.output.read_text() or self.process.poll() is not None, 300)
            assert self.process.poll() is None, self.output.read_text()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(180)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pid(self, name: str) -> int:
        return int((self.data / "run" / f"{name}.pid").read_text())

    def processes(self) -> list[psutil.Process]:
        """Everything that this run started, and what those started."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def database(self) -> psycopg.Connection:
        text = (self.data / "run" / "environment").read_text()
        (url,) = re.findall(r"DATABASE_URL=([^\0]+)", text)
        return psycopg.connect(url, autocommit=True)


def _is_of_the_tests(name: str) -> bool:
    return (
        name in GIVEN or name.startswith(("AWS_", "JWT_", "CARD_")) or name in {"SECRET_KEY", "EMAIL_URL", "LOG_LEVEL"}
    )


def served_by(run: Run) -> str:
    """The name of the process that answers now, without its number."""
    return httpx.get(f"{run.url}/", timeout=60).headers["X-Pod"].partition("/")[0]


@pytest.fixture(scope="module")
def store() -> Iterator[Run]:
    run = Run(room() / "data")
    run.start()
    yield run
    try:
        run.stop()
    finally:
        orphans.end(f"{run.data}/run:", run.data / "run", patience=0)


@pytest.fixture
def another() -> Iterator[Run]:
    """One more, on another directory, which is not started yet."""
    run = Run(room() / "data")
    yield run
    orphans.end(f"{run.data}/run:", run.data / "run", patience=0)
    if run.process.poll() is None:
        run.process.kill()


def test_it_says_where_everything_is(store):
    lines = store.output.read_text().splitlines()
    assert [line for line in lines if line.startswith("Store ready")]
    text = "\n".join(lines)
    assert f"{store.url}/admin/" in text
    assert "admin@example.com" in text
    assert "of my own" in text


def test_every_process_has_its_id_in_a_file(store):
    names = {path.stem for path in (store.data / "run").glob("*.pid")}
    parts = {
        "web-1",
        "web-2",
        "relay-1",
        "worker-1",
        "balancer",
        "postgres",
        "redis",
        "s3",
        "sqs",
        "testpay",
        "supervisor",
    }
    assert parts <= names
    assert all(psutil.pid_exists(store.pid(name)) for name in parts)


def test_requests_are_served_by_both_replicas(store):
    until(lambda: {served_by(store) for _ in range(10)} == {"web-1", "web-2"})


def test_a_second_run_on_the_same_directory_is_refused(store):
    second = Run(store.data)
    second.output = store.data.with_suffix(".second")
    second.start(wait=False)
    assert second.process.wait(180) == 1
    assert "A store already runs on" in second.output.read_text()
    assert httpx.get(f"{store.url}/", timeout=60).status_code == 200


def test_a_killed_replica_is_missed_by_no_request_and_started_again(store):
    first = store.pid("web-1")
    psutil.Process(first).kill()
    assert [httpx.get(f"{store.url}/", timeout=60).status_code for _ in range(20)] == [200] * 20
    until(lambda: (store.data / "run" / "web-1.pid").exists() and store.pid("web-1") != first)
    until(lambda: "web-1" in {served_by(store) for _ in range(4)})


def test_a_killed_queue_service_gets_its_queues_back(store):
    first = store.pid("sqs")
    psutil.Process(first).kill()
    until(lambda: (store.data / "run" / "sqs.pid").exists() and store.pid("sqs") != first)
    text = (store.data / "run" / "environment").read_text()
    (base,) = re.findall(r"SQS_QUEUE_BASE_URL=([^\0]+)", text)
    until(lambda: _has_queue(base, "shop-mail"))


def test_a_port_in_use_is_told_and_nothing_is_left(store, another):
    another.port = store.port
    another.start(wait=False)
    assert another.process.wait(180) == 1
    assert f"Port {store.port} of 127.0.0.1 is in use" in another.output.read_text()
    assert not list((another.data / "run").glob("*.pid"))


def test_a_kill_of_everything_loses_nothing(store):
    with store.database() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'row' AS word")
    before = store.processes()
    for process in before:
        with contextlib.suppress(psutil.NoSuchProcess):  # some end by themselves once others have
            process.kill()
    psutil.wait_procs(before, timeout=60)
    store.process.wait()
    store.start()
    with store.database() as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("row",)]
    assert httpx.get(f"{store.url}/", timeout=60).status_code == 200


def test_term_stops_everything_and_leaves_no_process(store):
    before = store.processes()
    store.process.send_signal(signal.SIGTERM)
    assert store.process.wait(180) == 0
    assert psutil.wait_procs(before, timeout=60)[1] == []
    assert list((store.data / "run").glob("*.pid")) == []
    assert ports.taken(store.port) is False


def test_a_replica_that_cannot_boot_ends_the_start_with_its_last_words(store, monkeypatch):
    store.stop()
    with monkeypatch.context() as changed:
        changed.setenv("WEB_WORKERS", "many")
        store.start(wait=False)
    assert store.process.wait(300) == 1
    assert "web-1 did not start" in store.output.read_text()
    assert "'many'" in store.output.read_text()
    assert not list((store.data / "run").glob("*.pid"))


def _has_queue(base: str, name: str) -> bool:
    address = base.rpartition("/")[0]
    headers = {"X-Amz-Target": "AmazonSQS.GetQueueUrl", "Content-Type": "application/x-amz-json-1.0"}
    try:
        return httpx.post(address, headers=headers, json={"QueueName": name}).status_code == 200
    except httpx.HTTPError:
        return False
