"""What is done to the processes and services during a run: kills and restarts, rolls, outages."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress

import psycopg

from config.local.errors import LaunchError
from prove.plan import COMMITTED, SENT, Journey, Kill, Outage, Plan
from prove.record import Record
from prove.stage import Stage

PATIENCE = 240.0  # seconds until enough processes have to be up; more than one takes that starts on a busy machine
LONGEST_REQUEST = 30.0  # seconds
HELD = 180.0  # seconds that a visitor waits at most for a process to leave
SPARE = 2  # web processes that stay when one is killed: the last server, which may not be the next, and another


class Storm:
    """Ends processes where the plan says so and starts them again. `up`: those that are neither."""

    def __init__(self, stage: Stage, plan: Plan, record: Record) -> None:
        self.stage, self.plan, self.record = stage, plan, record
        self.fleet = stage.fleet
        self.up = set(self.fleet.names)
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="storm")
        self._works: list[Future[None]] = []
        self._left = 0  # processes that were rolled, or are

    def begun(self, journey: Journey) -> None:
        """A journey sets out, as soon as it may: what was planned for this moment begins."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over() or self._left >= self.plan.held.get(journey.number, 0), HELD)
        for outage in self.plan.outages:
            if outage.begins == journey.number:
                self._do(self._away, outage)
        if journey.number in self.plan.rolls:
            self._do(self._roll, "web")
            self._do(self._roll, "relay")
            self._do(self._roll, "worker")

    def strike(self, kill: Kill, journey: Journey, not_this: str) -> str:
        """Kill after the delay, in the background.

        Return the web process that is going to be killed, to which the request has to be sent; "" for other roles.
        It is another than `not_this`. Raises LaunchError if none can be spared for too long.
        """
        victim = self._claim("web", SPARE, not_this) if kill.role == "web" else ""
        self._do(self._strike, kill, journey, victim, time.monotonic() + kill.delay)
        return victim

    def wait_for_another(self, last: str) -> None:
        """Return when a web process is up that did not serve the last request. A browser would just wait longer."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over() or any(name != last for name in self._up("web")), PATIENCE)

    def end(self) -> None:
        """Wait until everything is up again. Raises LaunchError if something does not start."""
        while self._works:
            pending, self._works = self._works, []
            wait(pending)
            for work in pending:
                work.result()
        self._pool.shutdown()

    def give_up(self) -> None:
        """Nobody waits any longer."""
        self.record.stopped.set()
        with self._changed:
            self._changed.notify_all()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_over(self) -> bool:
        return self.record.stopped.is_set()

    def _do(self, work: Callable[..., None], *arguments: object) -> None:
        self._works.append(self._pool.submit(work, *arguments))

    def _up(self, role: str) -> list[str]:
        return sorted(name for name in self.up if name.startswith(role))

    def _claim(self, role: str, spare: int, not_this: str = "") -> str:
        def found() -> str:
            there = self._up(role)
            others = [name for name in there if name != not_this]
            return others[len(self.record.events) % len(others)] if others and len(there) > spare else ""

        with self._changed:
            if not self._changed.wait_for(lambda: self._is_over() or bool(found()), PATIENCE) or self._is_over():
                raise LaunchError(f"No {role} process could be spared for {PATIENCE:.0f} seconds.")
            name = found()
            self.up.discard(name)
            return name

    def _strike(self, kill: Kill, journey: Journey, victim: str, moment: float) -> None:
        name = victim or self._claim(kill.role, 0)
        if kill.after == SENT:
            time.sleep(max(0.0, moment - time.monotonic()))
        else:
            self._watch(self._is_committed if kill.after == COMMITTED else self._is_mailed, journey)
        self.record.note("kill", name, f"{kill}, {journey.name}")
        self.fleet.kill(name)
        self._begin(name)

    def _watch(self, happened: Callable[[psycopg.Connection, Journey], bool], journey: Journey) -> None:
        """Return as soon as it did, or after a while."""
        deadline = time.monotonic() + LONGEST_REQUEST
        with psycopg.connect(self.stage.database, autocommit=True) as connection:
            while not happened(connection, journey) and time.monotonic() < deadline:
                if self.record.stopped.wait(0.001):
                    return

    def _is_committed(self, connection: psycopg.Connection, journey: Journey) -> bool:
        query = "SELECT 1 FROM orders_order WHERE upper(email) = upper(%s)"
        return connection.execute(query, [journey.email]).fetchone() is not None

    def _is_mailed(self, _connection: psycopg.Connection, journey: Journey) -> bool:
        return any(str(mail["To"]) == journey.email for mail in list(self.stage.mail.mails))

    def _begin(self, name: str) -> None:
        self.record.note("start", name)
        self.fleet.processes[name].start()
        if name in self.fleet.ports:
            self.fleet.wait_for(name)
        self.record.note("up", name)
        with self._changed:
            self.up.add(name)
            self._changed.notify_all()

    def _roll(self, role: str) -> None:
        """TERM to one after the other, each when the one before it is back."""
        for name in sorted(name for name in self.fleet.names if name.startswith(role)):
            self._wait_for(name)
            self.record.note("stop", name)
            with self._changed:
                self._left += 1
                self._changed.notify_all()
            self.fleet.leave(name)
            self._begin(name)
            self.fleet.settle_in(name)

    def _wait_for(self, name: str) -> None:
        """Wait until this process may be taken out, and take it out."""
        spare = SPARE if name in self.fleet.ports else 0
        with self._changed:
            ready = self._changed.wait_for(
                lambda: self._is_over() or (name in self.up and len(self._up(name.partition("-")[0])) > spare),
                PATIENCE,
            )
            if not ready or self._is_over():
                raise LaunchError(f"{name} was not to be had for the rolling restart.")
            self.up.discard(name)

    def _away(self, outage: Outage) -> None:
        proxy = self.stage.proxies[outage.service]
        self.record.note("away", outage.service, outage.way)
        (proxy.hold if outage.way == "hold" else proxy.refuse)()
        time.sleep(outage.seconds)
        with suppress(OSError):
            proxy.restore()
        self.record.note("back", outage.service)
