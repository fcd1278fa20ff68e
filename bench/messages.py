"""What an outbox message costs whose handler does nothing: one relay, one worker, PostgreSQL, a fast queue.

The relay sends all of them first, then the worker handles them. Each is measured while it is busy, after its first
messages and before its last, so that its start and its end are no part of it.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from bench.client import Broken
from bench.processes import snapshot
from bench.stage import Stage
from config.local import ports
from config.local.fleet import Fleet
from config.local.process import Place, Process, Program, python

TOPIC = "bench.nothing"  # of bench/nothing.py
GOAL = 1000  # messages a second and core, relayed and handled
NUMBER = 3000  # messages that are measured
PATIENCE = 240.0  # seconds for all of them
LOOK = 0.05  # seconds: a hundred messages take less than a second
PROCESSES = 2  # of the worker
REMOVE = "DELETE FROM platform_outboxmessage WHERE topic = %s"  # those of an earlier run, where the database is kept
PUT = """
    INSERT INTO platform_outboxmessage (topic, queue, payload, created_at, available_at, sends, failures, last_error)
    SELECT %s, 'default', '{}', now(), now(), 0, 0, '' FROM generate_series(1, %s)
"""


@dataclass
class MessageCost:
    """CPU ms of a message by process; `measured`: how many messages, 0 if none."""

    measured: int = 0
    relay: float = 0.0
    worker: float = 0.0
    postgres: float = 0.0

    @property
    def per_core(self) -> float:
        """Messages that a core busy with relay and worker takes in a second."""
        cost = self.relay + self.worker
        return 1000 / cost if cost else 0.0

    @property
    def in_short(self) -> str:
        return f"{self.per_core:.0f} a second and core"

    def __str__(self) -> str:
        met = " ✓" if self.per_core >= GOAL else ""
        return (
            f"An outbox message whose handler does nothing costs {self.relay:.2f} ms of CPU time in the relay, "
            f"{self.worker:.2f} in the worker and {self.postgres:.2f} in PostgreSQL: {self.per_core:.0f} are relayed "
            f"and handled in a second by one core (goal: {GOAL}{met})."
        )


def measure(stage: Stage, *, number: int) -> MessageCost:
    """Raises Broken when not all are handled in time, LaunchError when a process does not start."""
    (port,) = ports.free(1)
    place = Place(stage.place.data / "messages", stage.place.mark).make()
    address = {
        "AWS_ENDPOINT_URL_SQS": f"http://{ports.HOST}:{port}",
        "SQS_QUEUE_BASE_URL": f"http://{ports.HOST}:{port}/1",
    }
    own = {"DJANGO_SETTINGS_MODULE": "bench.nothing", "WORKER_CONCURRENCY": str(PROCESSES), "WORKER_QUEUES": "default"}
    fleet = Fleet(place, stage.environment | own | address, web=0, relays=1, workers=1)
    queue = Process(Program("queue", python("-m", "bench.sqs", str(port)), patience=1), place)
    with ExitStack() as stack, psycopg.connect(stage.environment["DATABASE_URL"], autocommit=True) as database:
        for process in (queue, fleet.processes["relay-1"], fleet.processes["worker-1"]):
            stack.callback(process.kill)
        queue.start()
        database.execute(REMOVE, [TOPIC])
        database.execute(PUT, [TOPIC, 2 * number])
        with stage.on_app_core():
            relay = _busy(fleet.processes["relay-1"], stage, _counted(database, "sent_at"), number)
            worker = _busy(fleet.processes["worker-1"], stage, _counted(database, "done_at"), number)
    return MessageCost(number, relay["process"], worker["process"], relay["postgres"] + worker["postgres"])


def _counted(database: psycopg.Connection, moment: str) -> Callable[[], int]:
    def count() -> int:
        row = database.execute(
            f"SELECT count(*) FROM platform_outboxmessage WHERE topic = %s AND {moment} IS NOT NULL",
            [TOPIC],
        ).fetchone()
        return int(row[0]) if row else 0

    return count


def _busy(process: Process, stage: Stage, count: Callable[[], int], number: int) -> dict[str, float]:
    """Start the process, wait until it is through, kill it; return CPU ms for each message. Raises Broken."""
    process.start()
    roots = {"process": process.pid, "postgres": stage.roots["postgres"]}
    already = _wait(count, number // 10, process)
    began = snapshot(roots)
    through = _wait(count, number + number // 10, process)
    spent = snapshot(roots).since(began).parts
    process.kill()  # told to stop, a worker would first finish what it holds
    return {name: 1000 * seconds / max(1, through - already) for name, seconds in spent.items()}


def _wait(count: Callable[[], int], number: int, process: Process) -> int:
    """Return how many there are, once there are so many. Raises Broken."""
    deadline = time.monotonic() + PATIENCE
    while (found := count()) < number:
        if time.monotonic() > deadline or not process.running:
            raise Broken(f"{process.name} is through with {found} of {number} messages: {process.tail()}")
        time.sleep(LOOK)
    return found
