"""Several web processes at once: what a request costs when it may meet any of them.

Also what only shows beside a process that was started for it: how long until it is ready, and what it holds in memory
after thousands of mixed requests. All processes share the application's core, and take turns in its caches: that makes
the bare view dearer too, though its processes have nothing to do with each other. As many of these are asked meanwhile.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench import hot, scenarios
from bench.client import Caller, Load, Request, checked, drive
from bench.processes import descendants, snapshot
from bench.stage import Stage
from bench.visitor import Visitor
from config.local.fleet import Fleet

MOST_DEARER = 1.1  # times what a request costs with one process
MEMORY_GOAL = 130  # MB, private
START_GOAL = 3.0  # seconds
CONNECTIONS = 8  # in all, however many processes there are
TURNS = 12  # through the numbers of processes, there and back: a machine's speed drifts within seconds
YARD = 0.2  # seconds of the bare view at each turn
ENOUGH = 1_000_000  # requests; the time is over before
KINDS = (
    scenarios.home, scenarios.category, scenarios.products, scenarios.search, scenarios.header,
    scenarios.api_list, scenarios.api_products, scenarios.cart, scenarios.add,
)  # fmt: skip
MIXED = 120  # of each kind


@dataclass
class Point:
    """`cost`: CPU ms of a request in all processes of the store; `bare`: of the bare view from as many processes.

    `rate`: requests/s by the clock.
    """

    processes: int
    cost: float
    rate: float
    bare: float

    @property
    def ratio(self) -> float:
        """The cost in bare views."""
        return self.cost / self.bare


@dataclass
class Crowd:
    """`starts`: seconds from start to ready; `memory`: private MB of the web process and of its parent.

    `hot`: orders/s by the clock of one product that all processes sell, and of different ones.
    """

    points: list[Point] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    requests: int = 0
    hot: list[float] = field(default_factory=list)

    @property
    def dearer(self) -> float:
        """The cost of a request in bare views with the most processes, by that with one."""
        return self.points[-1].ratio / self.points[0].ratio if self.points else 0.0

    @property
    def in_short(self) -> str:
        return f"{self.dearer:.2f} times the cost"


def measure(
    stage: Stage, numbers: tuple[int, ...], *, seconds: float, requests: int, orders: int, warm_up: float
) -> Crowd:
    """`warm_up`: seconds for each process, whose threads connect and learn their statements.

    Raises Broken for a wrong answer, LaunchError where a process does not start.
    """
    crowd = Crowd()
    with ExitStack() as stack:
        fleet = stage.fleet_of(max(numbers))
        crowd.starts = [_start(stage, fleet, name, stack) for name in fleet.ports]
        roots = {name: fleet.processes[name].pid for name in fleet.ports}
        members = [_Member(port, stage.products) for port in fleet.ports.values()]
        store = _Group({member.port: member.requests for member in members}, roots | _services(stage))
        bare = _bare_views(stage, max(numbers), stack)
        members[0].ask(min(requests, len(KINDS) * MIXED))  # each page was asked for before, and is kept for all of them
        for group in (store, bare):
            group.drive(max(numbers), warm_up * max(numbers))
        crowd.points = _by_turns(store, bare, numbers, seconds)
        members[0].ask(requests)
        crowd.requests = members[0].answered
        crowd.memory = sorted(private_megabytes(pid) for pid in descendants(fleet.processes["web-1"].pid))[::-1]
        with closing(Visitor(members[0].port, products=stage.products, carts=0, orders=0)) as buyer:
            crowd.hot = hot.rates(buyer, fleet.ports.values(), orders=orders)
    return crowd


def _services(stage: Stage) -> dict[str, int]:
    return {name: stage.roots[name] for name in ("postgres", "redis")}


def _start(stage: Stage, fleet: Fleet, name: str, stack: ExitStack) -> float:
    """Start one process while nothing else is at work, and return the seconds until it is ready."""
    process = fleet.processes[name]
    stack.callback(process.kill)
    began_at = time.monotonic()
    with stage.on_app_core():
        process.start()
    fleet.wait_for(name)
    return time.monotonic() - began_at


class _Member:
    """One process of the crowd with what its visitors ask for."""

    def __init__(self, port: int, products: int) -> None:
        self.port = port
        self.answered = 0
        with closing(Visitor(port, products=products, carts=10, orders=0)) as visitor:
            self.requests = mixed(visitor)

    def ask(self, until: int) -> None:
        """Ask one by one until it has answered that many."""
        most = max(0, until - self.answered)
        with closing(Caller(self.port)) as caller:
            self.answered += checked(drive([caller], self.requests, seconds=600, most=most)).count


def mixed(visitor: Visitor) -> Iterator[Request]:
    """Return what visitors ask for, in turns of all kinds, without an end."""
    kinds = [cycle(islice(kind(visitor), MIXED)) for kind in KINDS]
    return (next(kind) for kind in cycle(kinds))


@dataclass(frozen=True)
class _Group:
    """Processes of one application: what is asked at each port, and the processes whose clocks are its cost."""

    feeds: dict[int, Iterator[Request]]
    roots: dict[str, int]

    def drive(self, count: int, seconds: float) -> tuple[Load, float]:
        """Drive the first of them as hard as they can; return what came back, and the CPU seconds that it took.

        The connections are spread evenly. Raises Broken for a wrong answer.
        """
        chosen = list(self.feeds.items())[:count]
        feeds = {Caller(port): feed for port, feed in islice(cycle(chosen), CONNECTIONS)}
        try:
            began = snapshot(self.roots)
            load = checked(drive(list(feeds), feeds, seconds=seconds, most=ENOUGH))
            return load, sum(snapshot(self.roots).since(began).parts.values())
        finally:
            for caller in feeds:
                caller.close()


def _bare_views(stage: Stage, count: int, stack: ExitStack) -> _Group:
    """Start as many processes with the bare view."""
    feeds: dict[int, Iterator[Request]] = {}
    roots = {}
    with stage.on_app_core():
        started = [stage.bare_process(f"bare-{number}", stack) for number in range(1, count + 1)]
    for process, port in started:
        with closing(Visitor(port, products=1, carts=0, orders=0)) as visitor:
            feeds[port] = cycle(scenarios.bare(visitor))
        roots[process.name] = process.pid
    return _Group(feeds, roots)


def _by_turns(store: _Group, bare: _Group, numbers: tuple[int, ...], seconds: float) -> list[Point]:
    """Ask the store's first processes and as many of the bare view; `seconds` in all for each number of them."""
    found = {count: (_Sum(), _Sum()) for count in numbers}
    for count in (*numbers, *reversed(numbers)) * TURNS:
        ours, theirs = found[count]
        ours.add(*store.drive(count, seconds / TURNS / 2))
        theirs.add(*bare.drive(count, min(YARD, seconds / TURNS / 2)))
    return [
        Point(count, ours.cost, ours.load.count / ours.load.seconds, theirs.cost)
        for count, (ours, theirs) in found.items()
    ]


@dataclass
class _Sum:
    """What came back at several times; `spent`: CPU seconds."""

    load: Load = field(default_factory=Load)
    spent: float = 0.0

    def add(self, load: Load, spent: float) -> None:
        self.load.join(load)
        self.spent += spent

    @property
    def cost(self) -> float:
        """CPU ms of a request."""
        return 1000 * self.spent / max(1, self.load.count)


def private_megabytes(pid: int) -> float:
    """Return what a process shares with no other (proc(5), smaps_rollup)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+) kB", text)) / 1024


def sentences(crowd: Crowd) -> Iterator[str]:
    """Say what was found, goal beside result."""
    if not crowd.points:
        return
    first, last = crowd.points[0], crowd.points[-1]
    met = " ✓" if crowd.dearer <= MOST_DEARER else ""
    yield (
        f"With {last.processes} web processes on one core a request costs {last.ratio:.2f} bare views of as many "
        f"processes, with one {first.ratio:.2f}: {crowd.dearer:.2f} times as much (goal: at most "
        f"{MOST_DEARER:g}{met}). In CPU time it is {last.cost / first.cost:.2f} times as much, and the bare view "
        f"{last.bare / first.bare:.2f} times, as they push each other out of the core's caches."
    )
    process, *parents = crowd.memory
    met = " ✓" if process <= MEMORY_GOAL else ""
    yield (
        f"A web process holds {process:.0f} MB of private memory after {crowd.requests:,} mixed requests (goal: at "
        f"most {MEMORY_GOAL} MB{met}); its parent {sum(parents):.0f} MB."
    )
    took = median(crowd.starts)
    met = " ✓" if took <= START_GOAL else ""
    yield (
        f"From start to ready takes {took:.1f} s (goal: at most {START_GOAL:g} s{met}): the median of "
        f"{len(crowd.starts)} starts, {min(crowd.starts):.1f} to {max(crowd.starts):.1f} s."
    )
    if crowd.hot:
        alike, apart = crowd.hot
        yield (
            f"When {crowd.points[-1].processes} web processes sell one product that everybody buys at once, they take "
            f"{alike:.0f} orders/s by the clock; {apart:.0f} when each order is of another one ({alike / apart:.0%})."
        )
