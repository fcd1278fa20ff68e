"""What it costs to watch: the cheapest answer of Django from a process with the guard in mode "count" and one without.

Both run from the beginning, on the same core. Short slices alternate, so that the drift of a shared machine meets both
alike. Kept pages are answered before Django, where nobody watches, and so would show no difference.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles

from bench.client import Broken, Caller, Request, drive
from bench.processes import snapshot
from bench.scenarios import GUARDED, UNGUARDED, Scenario
from bench.stage import Stage
from bench.visitor import Visitor

GOAL = 0.03  # share of the answer's CPU time in the process
ROUNDS = 60
SLICE = 0.2  # seconds; each round has four: without, with, with, without
WARM_UP = 1.0  # seconds
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
            f"{len(self.ratios)} pairs{spread}."
        )


class _Side:
    """One of the two processes, under load."""

    def __init__(self, stage: Stage, scenario: Scenario, connections: int, stack: ExitStack) -> None:
        port = stage.ports[scenario.part]
        self.root = {scenario.part: stage.roots[scenario.part]}
        self.part = scenario.part
        self.callers = [Caller(port) for _ in range(connections)]
        for caller in self.callers:
            stack.callback(caller.close)
        visitor = Visitor(port, products=1, carts=0, orders=0)
        stack.callback(visitor.close)
        self.requests: Iterator[Request] = cycle(scenario.make(visitor))

    def cost(self, seconds: float) -> float:
        """Return the CPU time of a request in its process, in seconds. Raises Broken for a wrong answer."""
        began = snapshot(self.root)
        load = drive(self.callers, self.requests, seconds=seconds, most=ENOUGH)
        spent = snapshot(self.root).since(began).parts[self.part]
        if load.failures:
            raise Broken("; ".join(load.complaints))
        return spent / max(1, load.count)


def measure(stage: Stage, *, rounds: int, connections: int) -> GuardCost:
    """Raises Broken and OSError when a process does not answer as it should."""
    cost = GuardCost()
    with ExitStack() as stack:
        without, with_it = (_Side(stage, scenario, connections, stack) for scenario in (UNGUARDED, GUARDED))
        for side in (without, with_it):
            side.cost(WARM_UP)
        for _ in range(rounds):
            costs = [side.cost(SLICE) for side in (without, with_it, with_it, without)]
            cost.ratios.append((costs[1] + costs[2]) / (costs[0] + costs[3]))
    return cost
