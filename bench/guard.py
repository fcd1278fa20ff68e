"""What it costs to watch: the cheapest answer of Django from a process with the guard in mode "count" and one without.

Both run on the same core. Short slices alternate, so that the drift of a shared machine meets both alike. Two
processes of one program differ by some per cent for as long as they live, by where their memory happens to lie; so
several pairs are started one after another, and the two of a pair hash alike. Kept pages are answered before Django,
where nobody watches, and so would show no difference.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles

from bench import scenarios
from bench.client import Broken, Caller, Request, drive
from bench.processes import snapshot
from bench.stage import WEB, Stage
from bench.visitor import Visitor

GOAL = 0.03  # share of the answer's CPU time in the process
PAIRS = 8  # of processes
ROUNDS = 8  # of each pair
SLICE = 0.2  # seconds; each round has four: without, with, with, without
ENOUGH = 1_000_000  # requests; the time is over before


@dataclass
class GuardCost:
    """`ratios`: CPU time of a guarded request by that of an unguarded one, a value for each round."""

    ratios: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """What the guard adds; 0.01 is one per cent."""
        return median(self.ratios) - 1 if self.ratios else 0.0

    @property
    def in_short(self) -> str:
        return f"{self.share:+.1%}"

    def __str__(self) -> str:
        met = " ✓" if self.share < GOAL else ""
        spread = ""
        if len(self.ratios) > 2:
            low, _, high = quantiles(self.ratios, n=4)
            spread = f"; half of them between {low - 1:+.1%} and {high - 1:+.1%}"
        return (
            f"The guard against local writes costs {self.share:+.1%} of the CPU time of the cheapest answer of Django "
            f"(goal: below {GOAL:.0%}{met}), and nothing where a kept page is answered before it: the median of "
            f"{len(self.ratios)} rounds{spread}."
        )


class _Side:
    """One of the two processes, under load."""

    def __init__(self, stage: Stage, mode: str, pair: int, connections: int, stack: ExitStack) -> None:
        """Raises LaunchError where the process does not start."""
        own = {"STATELESS_GUARD": mode, "PYTHONHASHSEED": str(pair)}
        with stage.on_app_core():
            fleet = stage.web_process(f"guard-{mode}", own, stack)
        fleet.wait_for(WEB)
        port = fleet.ports[WEB]
        self.root = {WEB: fleet.processes[WEB].pid}
        self.callers = [Caller(port) for _ in range(connections)]
        for caller in self.callers:
            stack.callback(caller.close)
        visitor = Visitor(port, products=1, carts=0, orders=0)
        stack.callback(visitor.close)
        self.requests: Iterator[Request] = cycle(scenarios.header(visitor))

    def cost(self, seconds: float) -> float:
        """Return the CPU time of a request in its process, in seconds. Raises Broken for a wrong answer."""
        began = snapshot(self.root)
        load = drive(self.callers, self.requests, seconds=seconds, most=ENOUGH)
        spent = snapshot(self.root).since(began).parts[WEB]
        if load.failures:
            raise Broken("; ".join(load.complaints))
        return spent / max(1, load.count)


def measure(stage: Stage, *, pairs: int, rounds: int, connections: int, warm_up: float) -> GuardCost:
    """`warm_up`: seconds of each process.

    Raises Broken and OSError when a process does not answer as it should, LaunchError when one does not start.
    """
    cost = GuardCost()
    for pair in range(1, pairs + 1):
        with ExitStack() as stack:
            without, with_it = (_Side(stage, mode, pair, connections, stack) for mode in ("off", "count"))
            for side in (without, with_it):
                side.cost(warm_up)
            cost.ratios += [_ratio(without, with_it) for _ in range(rounds)]
    return cost


def _ratio(without: _Side, with_it: _Side) -> float:
    costs = [side.cost(SLICE) for side in (without, with_it, with_it, without)]
    return (costs[1] + costs[2]) / (costs[0] + costs[3])
