"""Several web processes at once: what a request costs when it may meet any of them.

Also what only shows beside a process that was started for it: how long until it is ready, and what it holds in memory
after thousands of mixed requests. All processes share the application's cores.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import mean, median

from bench import hot, scenarios
from bench.client import Caller, Request, checked, drive
from bench.processes import descendants, snapshot
from bench.stage import Stage
from bench.visitor import Visitor
from config.local.fleet import Fleet

MOST_DEARER = 1.1  # times what a request costs with one process
MEMORY_GOAL = 130  # MB, private
START_GOAL = 3.0  # seconds
CONNECTIONS = 8  # in all, however many processes there are
WARM_UP = 1.0  # seconds for each process: its threads connect, and learn their statements
ENOUGH = 1_000_000  # requests; the time is over before
KINDS = (
    scenarios.home, scenarios.category, scenarios.products, scenarios.search, scenarios.header,
    scenarios.api_list, scenarios.api_products, scenarios.cart, scenarios.add,
)  # fmt: skip
MIXED = 120  # of each kind


@dataclass
class Point:
    """`cost`: CPU ms of a request in all processes of the store; `rate`: requests/s by the clock."""

    processes: int
    cost: float
    rate: float


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
        """The cost of a request with the most processes, by that with one."""
        return self.points[-1].cost / self.points[0].cost if self.points else 0.0

    @property
    def in_short(self) -> str:
        return f"{self.dearer:.2f} times the cost"


def measure(stage: Stage, numbers: tuple[int, ...], *, seconds: float, requests: int, orders: int) -> Crowd:
    """Raises Broken for a wrong answer, LaunchError where a process does not start."""
    crowd = Crowd()
    with ExitStack() as stack:
        fleet = stage.fleet_of(max(numbers))
        crowd.starts = [_start(stage, fleet, name, stack) for name in fleet.ports]
        members = [_Member(port, stage.products, stack) for port in fleet.ports.values()]
        found = [_load(stage, fleet, members[:count], seconds) for count in (*numbers, *reversed(numbers))]
        crowd.points = [_middle([point for point in found if point.processes == count]) for count in numbers]
        members[0].ask(requests)
        crowd.requests = members[0].answered
        crowd.memory = sorted(private_megabytes(pid) for pid in descendants(fleet.processes["web-1"].pid))[::-1]
        crowd.hot = hot.rates(members[0].visitor, fleet.ports.values(), orders=orders)
    return crowd


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
    """One process of the crowd with its visitors."""

    def __init__(self, port: int, products: int, stack: ExitStack) -> None:
        self.port = port
        self.answered = 0
        self.visitor = Visitor(port, products=products, carts=10, orders=0)
        stack.callback(self.visitor.close)
        self.requests = mixed(self.visitor)
        self.caller = Caller(port)
        stack.callback(self.caller.close)

    def ask(self, until: int) -> None:
        """Ask one by one until it has answered that many."""
        most = max(0, until - self.answered)
        self.answered += checked(drive([self.caller], self.requests, seconds=600, most=most)).count


def mixed(visitor: Visitor) -> Iterator[Request]:
    """Return what visitors ask for, in turns of all kinds, without an end."""
    kinds = [cycle(islice(kind(visitor), MIXED)) for kind in KINDS]
    return (next(kind) for kind in cycle(kinds))


def _load(stage: Stage, fleet: Fleet, members: list[_Member], seconds: float) -> Point:
    """Drive these processes as hard as they can; the connections are spread evenly."""
    shared = [members[number % len(members)] for number in range(CONNECTIONS)]
    callers = [Caller(member.port) for member in shared]
    feeds = {caller: member.requests for caller, member in zip(callers, shared, strict=True)}
    roots = {"postgres": stage.roots["postgres"], "redis": stage.roots["redis"]}
    roots |= {name: fleet.processes[name].pid for name in fleet.ports}
    try:
        for length in (WARM_UP * len(members), seconds):
            began = snapshot(roots)
            load = checked(drive(callers, feeds, seconds=length, most=ENOUGH))
            spent = snapshot(roots).since(began)
            members[0].answered += load.count // len(members)
    finally:
        for caller in callers:
            caller.close()
    return Point(len(members), 1000 * sum(spent.parts.values()) / max(1, load.count), load.count / load.seconds)


def _middle(points: list[Point]) -> Point:
    return Point(points[0].processes, mean(each.cost for each in points), mean(each.rate for each in points))


def private_megabytes(pid: int) -> float:
    """Return what a process shares with no other (proc(5), smaps_rollup)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"Private_(?:Clean|Dirty):\s+(\d+) kB", text)) / 1024


def sentences(crowd: Crowd) -> Iterator[str]:
    """Say what was found, goal beside result."""
    if not crowd.points:
        return
    met = " ✓" if crowd.dearer <= MOST_DEARER else ""
    yield (
        f"With {crowd.points[-1].processes} web processes a request costs {crowd.dearer:.2f} times what it costs with "
        f"one (goal: at most {MOST_DEARER:g}{met}); all share the same core."
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
