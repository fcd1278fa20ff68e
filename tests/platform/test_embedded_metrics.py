"""Metrics in the form that CloudWatch reads from log lines."""

import json

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shop.platform.embedded_metrics import MOST, Teller


def lines(teller):
    return [json.loads(line) for line in teller.lines(now=1_700_000_000.5)]


def values(teller, name):
    return [line[name] for line in lines(teller) if name in line]


def test_a_line_is_what_the_specification_asks_for():
    registry = CollectorRegistry()
    Gauge("shop_outbox_lag_seconds", "x", ["queue"], registry=registry).labels("mail").set(2.5)
    assert lines(Teller(registry, role="relay")) == [
        {
            "event": "metrics",
            "_aws": {
                "Timestamp": 1_700_000_000_500,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Shop",
                        "Dimensions": [["role", "queue"]],
                        "Metrics": [{"Name": "shop_outbox_lag_seconds", "Unit": "Seconds"}],
                    }
                ],
            },
            "role": "relay",
            "queue": "mail",
            "shop_outbox_lag_seconds": 2.5,
        }
    ]


def test_a_counter_tells_what_came_since_the_last_line():
    registry = CollectorRegistry()
    counter = Counter("shop_orders_placed", "x", registry=registry)
    teller = Teller(registry, role="web")
    counter.inc(3)
    assert values(teller, "shop_orders_placed_total") == [3]
    assert values(teller, "shop_orders_placed_total") == []
    counter.inc()
    assert values(teller, "shop_orders_placed_total") == [1]
    counter.reset()
    counter.inc(2)
    assert values(teller, "shop_orders_placed_total") == [2], "it began anew"


def test_a_histogram_keeps_its_percentiles_within_a_hundred_values():
    registry = CollectorRegistry()
    histogram = Histogram("shop_request_seconds", "x", ["route"], buckets=(0.1, 1.0, 10.0), registry=registry)
    teller = Teller(registry, role="web")
    for _number in range(9_890):
        histogram.labels("cart").observe(0.05)
    for _number in range(100):
        histogram.labels("cart").observe(0.5)
    for _number in range(10):
        histogram.labels("cart").observe(60)
    (told,) = values(teller, "shop_request_seconds")
    assert len(told) <= MOST
    assert sorted(set(told)) == [0.1, 1.0, 10.0]
    assert told.count(0.1) / len(told) > 0.95
    assert values(teller, "shop_request_seconds_count") == []
    histogram.labels("cart").observe(0.5)
    assert lines(teller)[0]["shop_request_seconds_count"] == 1


def test_what_is_not_the_shops_is_not_told():
    registry = CollectorRegistry()
    Gauge("process_open_fds", "x", registry=registry).set(7)
    assert lines(Teller(registry, role="web")) == []
