"""What a rate of requests needs: pods, connections, cores of PostgreSQL and Redis, messages; and what ends first.

Limits are read where they are set: in the manifests and in infra/sizes.tf.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bench.capacity import mix
from bench.capacity.mix import Cost, Stream, load

ROOT = Path(__file__).resolve().parents[2]
SIZES = ROOT / "infra" / "sizes.tf"
SURGE = 1.25  # pods during a roll-out
SHARE = 0.8  # of PostgreSQL's connections, as k8s/budget.py has it
BUSY = 0.6  # of a database's cores, so that a zone may fail and a vacuum may run
MESSAGES = 6  # of an order's life: mails and events of placed, paid, shipped
REQUESTS = 2.1  # of SQS for a message: sent in tens, received, deleted
MAIL = 0.1  # seconds of a worker's process
PROCESSES = 2  # of a worker


@dataclass(frozen=True)
class Web:
    """The web pods of k8s/."""

    least: int
    most: int
    busy: float
    threads: int


@dataclass(frozen=True)
class Size:
    """A size of infra/sizes.tf."""

    database: str
    storage: int
    connections: int
    cache: str
    nodes: int


@dataclass(frozen=True)
class Need:
    """What the store needs for `visitors` requests a second, `asked` of which reach the pods."""

    visitors: float
    asked: float
    pods: int
    connections: int
    postgres_cores: float
    statements: float
    redis_cores: float
    commands: float
    orders: float
    messages: float

    @property
    def workers(self) -> int:
        return max(2, math.ceil(self.messages * MAIL / PROCESSES / BUSY))

    @property
    def sqs_requests(self) -> float:
        """A second."""
        return self.messages * REQUESTS


@cache
def web() -> Web:
    scaler = yaml.safe_load((ROOT / "k8s/components/autoscale-web/hpa.yaml").read_text())["spec"]
    settings = (ROOT / "k8s/base/shop.env").read_text()
    threads = re.search(r"^WEB_THREADS=(\d+)$", settings, re.MULTILINE)
    assert threads
    busy = scaler["metrics"][0]["resource"]["target"]["averageUtilization"] / 100
    return Web(scaler["minReplicas"], scaler["maxReplicas"], busy, int(threads[1]))


@cache
def sizes() -> dict[str, Size]:
    """Return the sizes by name. Raises ValueError for a line that is written in another way."""
    found = {}
    for name, facts in re.findall(r"^\s+(\w+) += \{ (.*) \}$", SIZES.read_text(), re.MULTILINE):
        pairs = dict(part.split(" = ") for part in facts.split(", "))
        text = {key: value.strip('"') for key, value in pairs.items()}
        numbers = {key: int(text[key]) for key in ("storage", "connections", "nodes")}
        found[name] = Size(database=text["database"], cache=text["cache"], **numbers)
    return found


def pods(streams: list[Stream]) -> int:
    """One core each, and no busier than the autoscaler lets them be."""
    return max(web().least, math.ceil(load(streams, "app") / web().busy))


def need(visitors: float, costs: dict[str, Cost], *, cdn: bool = False) -> Need:
    streams = mix.streams(visitors, costs, cdn=cdn)
    orders = sum(stream.rate for stream in streams if stream.name in mix.ORDERS)
    messages = orders * MESSAGES
    count = pods(streams)
    found = Need(
        visitors=visitors,
        asked=sum(stream.rate for stream in streams),
        pods=count,
        connections=0,
        postgres_cores=load(streams, "postgres"),
        statements=load(streams, "statements"),
        redis_cores=load(streams, "redis"),
        commands=load(streams, "commands"),
        orders=orders,
        messages=messages,
    )
    opened = math.ceil(count * SURGE) * web().threads + math.ceil(found.workers * SURGE) * PROCESSES + 4
    return Need(**{**found.__dict__, "connections": opened})


@dataclass(frozen=True)
class Limit:
    """Something that ends: how much of it a Need takes, as a part of what there is, and what to do then."""

    name: str
    taken: Callable[[Need], float]
    then: str


def reached(limit: Limit, costs: dict[str, Cost], *, cdn: bool = False) -> float:
    """Return at how many requests a second it is reached."""
    low, high = 1.0, 1e7
    for _ in range(20):
        middle = (low * high) ** 0.5
        if limit.taken(need(middle, costs, cdn=cdn)) > 1:
            high = middle
        else:
            low = middle
    return low
