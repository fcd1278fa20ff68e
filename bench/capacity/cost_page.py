"""docs/cost.md: what the three sizes of infra/sizes.tf cost a month."""

import math
import re
from dataclasses import dataclass

from bench.capacity.demand import ROOT, Need, Size, need, sizes
from bench.capacity.mix import Cost
from bench.capacity.scale_page import MONTH, PRICES, table

HOURS = 730
ZONES = 3
SECRETS, KEYS = 4, 4
ALARMS = 15  # infra/modules/watching: of queues, the outbox and the database; one more for each node of Valkey
NETWORK = ROOT / "infra/modules/network/main.tf"


@dataclass(frozen=True)
class Use:
    """What is assumed of a size: requests in the busiest second and in the mean; GiB of pictures and logs a month."""

    peak: int
    mean: float
    pictures: int
    shown: int
    logs: int


USES = {
    "small": Use(peak=10, mean=2, pictures=20, shown=200, logs=10),
    "medium": Use(peak=1_000, mean=200, pictures=100, shown=5_000, logs=200),
    "large": Use(peak=10_000, mean=2_000, pictures=500, shown=50_000, logs=1_000),
}


@dataclass(frozen=True)
class Item:
    title: str
    count: float
    price: float  # a month

    @property
    def total(self) -> float:
        return self.count * self.price


def hourly(name: str) -> float:
    return float(PRICES["hour"][name]) * HOURS


def items(size: Size, use: Use, costs: dict[str, Cost]) -> list[Item]:
    """Return what is paid for; the pods are those of the busiest second, all day: an autoscaler takes less."""
    peak, mean = need(use.peak, costs), need(use.mean, costs)
    return [*_pods(peak), *_databases(size), *_network(peak), *_kept(use, size), *_messages(mean)]


def nodes(peak: Need) -> int:
    """Web pods take a core each; workers, relays and the cluster's own pods share what is left of one more a zone."""
    return max(ZONES, math.ceil(peak.pods / PRICES["cores"]["node m7g.large"])) + math.ceil(peak.workers / 8)


def _pods(peak: Need) -> list[Item]:
    return [
        Item("EKS cluster", 1, hourly("EKS cluster")),
        Item("nodes m7g.large", nodes(peak), hourly("node m7g.large")),
    ]


def _databases(size: Size) -> list[Item]:
    return [
        Item(f"PostgreSQL {size.database}, two zones", 1, hourly(size.database)),
        Item("GiB of its disk", size.storage, PRICES["month"]["GiB of PostgreSQL's disk"]),
        Item(f"Valkey {size.cache}, cache and sessions", 2 * size.nodes, hourly(size.cache)),
    ]


def _network(peak: Need) -> list[Item]:
    units = max(1, math.ceil(peak.asked / 25 / 40))  # 25 new connections a second are a unit; 40 requests share one
    return [
        Item("NAT gateways", ZONES, hourly("NAT gateway")),
        Item("endpoints, one in each zone", endpoints() * ZONES, hourly("endpoint")),
        Item("load balancer", 1, hourly("load balancer")),
        Item("its units", units, hourly("load balancer unit")),
    ]


def endpoints() -> int:
    """Those of infra/modules/network, and that of S3."""
    named = re.search(r"interfaces = \[(.*)\]", NETWORK.read_text())
    assert named
    return named[1].count(",") + 2


def _kept(use: Use, size: Size) -> list[Item]:
    month, used = PRICES["month"], PRICES["use"]
    return [
        Item("GiB of pictures and dumps on S3", use.pictures, month["GiB on S3"]),
        Item("GiB of pictures from CloudFront", use.shown, used["GiB from CloudFront"]),
        Item("GiB of logs", use.logs, used["GiB of logs"]),
        Item("secrets", SECRETS, month["secret"]),
        Item("keys", KEYS, month["key"]),
        Item("alarms", ALARMS + 2 * size.nodes, month["alarm"]),
    ]


def _messages(mean: Need) -> list[Item]:
    millions = mean.sqs_requests * MONTH / 1e6
    return [
        Item("million requests of SQS", millions, PRICES["use"]["million requests of SQS"]),
        Item("million events on SNS", mean.messages / 2 * MONTH / 1e6, PRICES["use"]["million events on SNS"]),
    ]


def generated(costs: dict[str, Cost]) -> str:
    """Return the part of the page between its markers."""
    bills = {name: items(sizes()[name], use, costs) for name, use in USES.items()}
    lines = []
    for name, bill in bills.items():
        use = USES[name]
        head = f"### `{name}`: {use.peak:,} requests a second at the busiest, {use.mean:,} in the mean"
        rows = [(i.title, _count(i.count), f"{i.price:,.2f}", f"{i.total:,.0f}") for i in bill]
        rows.append(("**all**", "", "", f"**{total(bill):,.0f}**"))
        lines.append(f"{head}\n\n{table(('what', 'how many', 'each, USD a month', 'USD a month'), rows)}")
    return f"Prices: {PRICES['source']}.\n\n" + "\n\n".join(lines)


def total(bill: list[Item]) -> float:
    return sum(item.total for item in bill)


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.2f}"
