"""docs/scale.md: what 10, 1,000 and 100,000 requests a second need, and what ends first."""

import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from bench.capacity import mix, queueing
from bench.capacity.demand import BUSY, ROOT, SHARE, Limit, Need, need, reached, sizes, web
from bench.capacity.mix import Cost, Stream
from bench.capacity.simulation import Visit, play

RATES = ((10, False), (1_000, False), (100_000, False), (100_000, True))
PRICES = tomllib.loads((ROOT / "infra" / "prices.toml").read_text())
MONTH = 730 * 3600  # seconds


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def generated(costs: dict[str, Cost]) -> str:
    """Return the part of the page between its markers."""
    needs = [need(rate, costs, cdn=cdn) for rate, cdn in RATES]
    parts = [
        origin(),
        "### What visitors ask for, and what one request costs\n\n" + _mix(costs),
        "### What that needs\n\n" + _needs(needs),
        "### Is it enough? The same, played\n\n" + _played(costs, needs),
        "### What ends first\n\n" + _limits(costs),
    ]
    return "\n\n".join(parts)


def origin() -> str:
    result = json.loads(mix.LATEST.read_text())
    machine, settings = result["machine"], result["settings"]
    return (
        f"From the measurement of {result['at'][:10]} (commit {result['commit']}, {machine['cpu']}, "
        f"{settings.get('products', mix.PRODUCTS):,} products); CPU milliseconds on one core of that machine."
    )


def _mix(costs: dict[str, Cost]) -> str:
    def row(kind: mix.Kind) -> tuple[str, ...]:
        cost, made = costs[kind.row], costs.get(kind.made)
        again = f"{made.app:.1f} + {made.postgres:.1f}" if made else ""
        each = f"{cost.app:.2f} + {cost.postgres:.2f} + {cost.redis:.2f}"
        return (kind.title, f"{kind.share * 1000:.0f}", each, again, f"{cost.statements:.0f}")

    headings = ("of 1,000 requests", "are", "CPU ms: app + PostgreSQL + Redis", "the page made anew", "statements")
    return table(headings, map(row, mix.KINDS))


FACTS: list[tuple[str, Callable[[Need], str]]] = [
    ("reach the pods, /s", lambda n: f"{n.asked:,.0f}"),
    ("web pods (one core each)", lambda n: f"{n.pods:,}"),
    ("worker pods", lambda n: f"{n.workers:,}"),
    ("connections to PostgreSQL during a roll-out", lambda n: f"{n.connections:,}"),
    ("statements, /s", lambda n: f"{n.statements:,.0f}"),
    ("PostgreSQL: cores at work", lambda n: f"{n.postgres_cores:.2f}"),
    ("Redis: commands, /s", lambda n: f"{n.commands:,.0f}"),
    ("Redis: cores at work", lambda n: f"{n.redis_cores:.2f}"),
    ("orders, /s", lambda n: f"{n.orders:,.2f}"),
    ("messages, /s", lambda n: f"{n.messages:,.2f}"),
    ("SQS, USD a month at that rate all day", lambda n: f"{sqs(n):,.0f}"),
]


def sqs(found: Need) -> float:
    return found.sqs_requests * MONTH / 1e6 * float(PRICES["use"]["million requests of SQS"])


def _named(visitors: float, cdn: bool) -> str:
    return f"{visitors:,.0f} /s{', behind a CDN' if cdn else ''}"


def _needs(needs: list[Need]) -> str:
    headings = ("visitors' requests", *(_named(*each) for each in RATES))
    return table(headings, [(name, *(say(each) for each in needs)) for name, say in FACTS])


def visits(streams: list[Stream]) -> list[Visit]:
    """As the simulation wants them: a pod's core is busy for the app's part and free while others work."""
    parts = [
        Visit(stream.rate, stream.cost.app / 1000, (stream.cost.postgres + stream.cost.redis) / 1000)
        for stream in streams
    ]
    return [part for part in parts if part.share]


def _played(costs: dict[str, Cost], needs: list[Need]) -> str:
    rows = []
    for (rate, cdn), found in zip(RATES, needs, strict=True):
        streams = mix.streams(rate, costs, cdn=cdn)
        mean = mix.load(streams, "app") / found.asked
        paper = queueing.utilisation(found.asked, mean, found.pods)
        wait = queueing.percentile(0.99, found.asked, mean, found.pods)
        pooled, sent = (play(visits(streams), rate=found.asked, pods=found.pods, pooled=how) for how in (True, False))
        rows.append(
            (
                _named(rate, cdn),
                f"{found.pods:,}",
                f"{paper:.0%}",
                f"{sent.utilisation:.0%}",
                f"{wait * 1000:.1f}",
                f"{pooled.p99 * 1000:.1f}",
                f"{sent.p99 * 1000:.1f}",
            )
        )
    headings = (
        "visitors' requests",
        "pods",
        "busy, on paper",
        "busy, played",
        "p99 ms: M/M/c, one kind of request",
        "p99 ms played: next free pod",
        "p99 ms played: a pod by chance",
    )
    return table(headings, rows)


def limits() -> list[Limit]:
    """What there is of each thing, as the manifests and infra/ have it."""
    cores = PRICES["cores"]
    found = [
        Limit(f"{web().most} web pods, the autoscaler's most", lambda n: n.pods / web().most, "raise `maxReplicas`"),
        Limit(
            "the one core that a Redis uses for commands",
            lambda n: n.redis_cores / BUSY,
            "a CDN before the kept pages, then a Redis for each half of them (cluster)",
        ),
    ]
    for name, size in sizes().items():
        found += [
            Limit(
                f"{SHARE:.0%} of PostgreSQL's {size.connections:,} connections (`{name}`)",
                lambda n, size=size: n.connections / (SHARE * size.connections),
                "the next size, then pgbouncer in transaction mode",
            ),
            Limit(
                f"{BUSY:.0%} of PostgreSQL's {cores[size.database]} cores (`{name}`)",
                lambda n, size=size: n.postgres_cores / (BUSY * cores[size.database]),
                "the next size, then replicas for catalogue reads, then orders in partitions",
            ),
        ]
    return found


def _limits(costs: dict[str, Cost]) -> str:
    found = [(reached(limit, costs), reached(limit, costs, cdn=True), limit) for limit in limits()]
    rows = sorted(found, key=itemgetter(0))
    cells = [(limit.name, f"{plain:,.0f}", f"{behind:,.0f}", limit.then) for plain, behind, limit in rows]
    return table(("what ends", "at requests/s", "behind a CDN", "then"), cells)
