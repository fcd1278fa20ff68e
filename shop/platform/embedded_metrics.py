"""Metrics for CloudWatch without Prometheus: lines of JSON on standard output, in Amazon's embedded metric format.

CloudWatch Logs makes metrics of them (Embedded Metric Format specification, in the AWS documentation of CloudWatch). A
counter is told as what came since the last line; a histogram as up to 100 values, the upper bounds of its buckets in
proportion, so that percentiles are right to a bucket. Dimensions are the role and the metric's own labels, never the
pod: each combination is paid for.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.samples import Sample

from shop.platform import rounds

NAMESPACE = "Shop"
MOST = 100  # values of one metric, and metrics of one line: the format's limits
Labels = tuple[tuple[str, str], ...]


class Teller:
    """Knows what was told last, so that counters can be told as what came since."""

    def __init__(self, registry: CollectorRegistry, *, role: str) -> None:
        self._registry = registry
        self._role = role
        self._told: dict[tuple[str, Labels], float] = {}

    def lines(self, *, now: float) -> Iterator[str]:
        """Yield one line for each set of labels that has something to tell. `now`: Unix time in seconds."""
        rows: dict[Labels, dict[str, Any]] = defaultdict(dict)
        for metric in self._registry.collect():
            for labels, name, value in self._values(metric):
                rows[labels][name] = value
        for labels, values in rows.items():
            for some in _portions(values):
                yield _line(some, {"role": self._role, **dict(labels)}, now)

    def _values(self, metric: Metric) -> Iterable[tuple[Labels, str, Any]]:
        if not metric.name.startswith("shop_"):
            return
        if metric.type == "histogram":
            yield from self._histogram(metric)
        elif metric.type == "counter":
            for sample in metric.samples:
                came = self._since(sample) if sample.name.endswith("_total") else 0
                if came:
                    yield _labels(sample), sample.name, came
        else:
            yield from ((_labels(sample), sample.name, sample.value) for sample in metric.samples)

    def _histogram(self, metric: Metric) -> Iterator[tuple[Labels, str, Any]]:
        buckets: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
        for sample in metric.samples:
            if sample.name.endswith("_bucket"):
                bound = float(sample.labels["le"])
                buckets[_labels(sample, without="le")].append((bound, self._since(sample)))
        for labels, found in buckets.items():
            values = _in_proportion(sorted(found))
            if values:
                yield labels, metric.name, values
                yield labels, f"{metric.name}_count", max(count for _bound, count in found)

    def _since(self, sample: Sample) -> float:
        """Return what a counter grew by; after it began anew, all of it."""
        key = sample.name, _labels(sample)
        before = self._told.get(key, 0.0)
        self._told[key] = sample.value
        return sample.value - before if sample.value >= before else sample.value


def _labels(sample: Sample, *, without: str = "") -> Labels:
    return tuple(sorted((name, value) for name, value in sample.labels.items() if name != without and value))


def _in_proportion(cumulative: list[tuple[float, float]]) -> list[float]:
    """Return at most MOST values for the buckets of a histogram, (upper bound, count up to it) in rising order."""
    total = cumulative[-1][1] if cumulative else 0
    if total <= 0:
        return []
    largest = max(bound for bound, _count in cumulative if bound != float("inf"))
    counts = [now - before for (_, now), (_, before) in zip(cumulative, [(0.0, 0.0), *cumulative], strict=False)]
    share = min(1.0, (MOST - len(counts)) / total)
    values: list[float] = []
    for (bound, _), count in zip(cumulative, counts, strict=True):
        values += [min(bound, largest)] * (max(1, round(count * share)) if count > 0 else 0)
    return values


def _portions(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = list(values)
    for begin in range(0, len(names), MOST):
        yield {name: values[name] for name in names[begin : begin + MOST]}


def _line(values: dict[str, Any], dimensions: dict[str, str], now: float) -> str:
    metrics = [{"Name": name, "Unit": _unit(name)} for name in values]
    told = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
    head = {"event": "metrics", "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [told]}}
    return json.dumps({**head, **dimensions, **values})


def _unit(name: str) -> str:
    if name.endswith("_timestamp_seconds"):
        return "None"
    return "Seconds" if name.endswith("_seconds") else "Count"


def tell_from_now_on(registry: CollectorRegistry, *, role: str, every: float, stream: TextIO = sys.stdout) -> None:
    """Write lines about each `every` seconds, in the process that also serves them to Prometheus."""
    teller = Teller(registry, role=role)

    def tell() -> None:
        stream.write("".join(f"{line}\n" for line in teller.lines(now=time.time())))
        stream.flush()

    rounds.again_and_again(tell, every=every, name="embedded-metrics")
