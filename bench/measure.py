"""Measure one kind of request: some requests to warm up, some one at a time, then as many as the process can take."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

from bench.client import Caller, Load, Request, drive
from bench.counters import Counts
from bench.options import Options
from bench.processes import Snapshot, snapshot
from bench.profile import profiled
from bench.scenarios import BARE, Scenario
from bench.stage import Stage
from bench.visitor import Visitor

WARM_UP = 10.0  # seconds at most
PATIENCE = 120.0  # seconds for requests whose number is given
FEW = 3  # requests for each connection: as many as make a thread connect to its servers
ENOUGH = 1_000_000  # requests; the time is over before


@dataclass
class Row:
    """One line of the result. Times in ms, CPU ms by part of the store, counts per request.

    `rate`: requests/s by the clock; `core`: the busy share of the application's core meanwhile; `p50`, `p99` under
    that load, `alone_p50`, `alone_p99` with one request at a time. `explained`, `foreign`: see Snapshot.
    `yardstick`: CPU ms of the bare view, asked by turns with this row; 0 for the bare view itself. `grows`: as in
    Scenario.
    """

    name: str
    title: str
    goal: float | None = None
    p99_goal: float | None = None
    grows: bool = False
    requests: int = 0
    failures: int = 0
    complaints: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    yardstick: float = 0.0
    ratio: float = 0.0
    rate: float = 0.0
    core: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    alone_p50: float = 0.0
    alone_p99: float = 0.0
    sql: float = 0.0
    control: float = 0.0
    redis_commands: float = 0.0
    redis_trips: float = 0.0
    busy: float = 0.0  # CPU seconds of the machine
    explained: float = 1.0
    foreign: float = 0.0
    stolen: float = 0.0  # CPU seconds

    @property
    def cost(self) -> float:
        """CPU ms of all processes that a request needs."""
        return sum(self.cpu.values())

    @property
    def per_core(self) -> float:
        """Requests/s that one fully busy core of application takes."""
        return 1000 / self.cpu["app"] if self.cpu.get("app") else 0.0

    @property
    def good(self) -> bool:
        return self.requests > 0 and not self.failures


class Measurement:
    """Runs scenarios on a stage."""

    def __init__(self, stage: Stage, options: Options) -> None:
        self.stage = stage
        self.options = options

    def run(self, scenario: Scenario, *, seconds: float, alone: float) -> Row:
        """Measure one scenario: `seconds` under load, `alone` with one request at a time. Raises Broken, OSError.

        Requests that can be sent once are measured by their number instead: all orders under load, a fifth of that
        number one at a time.
        """
        port = self.stage.ports[scenario.part]
        requests = self._prepare(scenario, port, seconds)
        feed = iter(requests) if scenario.once else cycle(requests)
        callers = [Caller(port) for _ in range(1 if scenario.cold else self.options.connections)]
        try:
            self._warm_up(scenario, callers, feed, len(requests))
            row = self._measure(scenario, callers, feed, seconds, alone)
            if self.options.profile:
                self._profile(scenario, callers, feed, seconds)
        finally:
            for caller in callers:
                caller.close()
        return row

    def _prepare(self, scenario: Scenario, port: int, seconds: float) -> list[Request]:
        once = self.options.orders + self.options.orders // 5 + FEW * self.options.connections
        orders = once + (self.options.orders if self.options.profile else 0)
        carts = max(4, int(20 * seconds))  # few enough pieces for each that no line reaches its limit
        visitor = Visitor(port, products=self.stage.products, carts=carts, orders=orders)
        try:
            return scenario.make(visitor)
        finally:
            visitor.close()

    def _warm_up(self, scenario: Scenario, callers: list[Caller], feed: Iterator[Request], count: int) -> None:
        """Ask for each page once, so that PostgreSQL has what it reads in its memory, and let each thread connect."""
        few = FEW * len(callers)
        most = few if scenario.once or (scenario.cold and self.options.quick) else max(few, count)
        drive(callers, feed, seconds=WARM_UP, most=most, before=self._before(scenario))

    def _measure(
        self, scenario: Scenario, callers: list[Caller], feed: Iterator[Request], seconds: float, alone: float
    ) -> Row:
        before = self._before(scenario)
        most = ENOUGH
        if scenario.once:  # a set number, however long it takes
            most, seconds, alone = self.options.orders, PATIENCE, PATIENCE
        single = drive(callers[:1], feed, seconds=alone, most=most // 5, before=before)
        counted = self.stage.counters.read()
        began = snapshot(self.stage.roots)
        load, bare = self._by_turns(scenario, callers, feed, seconds, most)
        clocks = snapshot(self.stage.roots).since(began)
        counts = self.stage.counters.read().since(counted)
        row = _row(scenario, single, load, clocks, counts)
        row.yardstick = 1000 * clocks.parts["bare"] / bare.count if bare.count else 0.0
        return row

    def _by_turns(
        self, scenario: Scenario, callers: list[Caller], feed: Iterator[Request], seconds: float, most: int
    ) -> tuple[Load, Load]:
        """Return what came back of the scenario, and of the bare view between."""
        load, bare, turns = Load(), Load(), self.options.turns
        with ExitStack() as stack:
            ask_bare = self._yard(stack) if scenario.part != "bare" else Load
            for turn in range(turns):
                bare.join(ask_bare())
                share = most * (turn + 1) // turns - most * turn // turns
                load.join(drive(callers, feed, seconds=seconds / turns, most=share, before=self._before(scenario)))
        return load, bare

    def _yard(self, stack: ExitStack) -> Callable[[], Load]:
        """Return what asks the bare view for a moment."""
        port = self.stage.ports["bare"]
        callers = [Caller(port) for _ in range(self.options.connections)]
        for caller in callers:
            stack.callback(caller.close)
        return partial(drive, callers, cycle(self._prepare(BARE, port, 0)), seconds=self.options.yard, most=ENOUGH)

    def _before(self, scenario: Scenario) -> Callable[[], None] | None:
        return self.stage.counters.empty_cache if scenario.cold else None

    def _profile(self, scenario: Scenario, callers: list[Caller], feed: Iterator[Request], seconds: float) -> None:
        """Do it once more under a profiler, whose own cost must not be in the numbers."""
        path = self.options.out / "profiles" / f"{scenario.name}.svg"
        with profiled(self.stage.roots[scenario.part], path, seconds=seconds):
            drive(callers, feed, seconds=seconds, most=ENOUGH, before=self._before(scenario))


def _row(scenario: Scenario, single: Load, load: Load, clocks: Snapshot, counts: Counts) -> Row:
    n = max(1, load.count)
    row = Row(scenario.name, scenario.title, scenario.goal, grows=scenario.grows)
    row.requests, row.failures = load.count, load.failures + single.failures
    row.complaints = (single.complaints + load.complaints)[:3]
    row.cpu = {part: 1000 * clocks.parts[name] / n for part, name in _parts(scenario).items()}
    if scenario.cold:
        row.cpu["redis"] -= 1000 * counts.emptying / n
    row.rate, row.core = load.count / load.seconds, clocks.parts[scenario.part] / load.seconds
    row.p50, row.p99 = quantile(load.latencies, 0.5), quantile(load.latencies, 0.99)
    row.alone_p50, row.alone_p99 = quantile(single.latencies, 0.5), quantile(single.latencies, 0.99)
    row.sql, row.control = counts.sql / n, counts.control / n
    row.redis_commands, row.redis_trips = counts.redis_commands / n, counts.redis_trips / n
    row.busy, row.stolen = clocks.busy, clocks.stolen
    row.explained, row.foreign = clocks.explained, clocks.foreign
    return row


def _parts(scenario: Scenario) -> dict[str, str]:
    """The parts of the cost and whose clocks they are. The bare view asks no other server."""
    if scenario.part == "bare":
        return {"app": "bare"}
    return {"app": scenario.part, "postgres": "postgres", "redis": "redis"}


def quantile(seconds: list[float], share: float) -> float:
    """Return the latency in ms that this share of the answers did not exceed; 0 without any."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
