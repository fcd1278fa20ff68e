"""What a pod of several processes tells after one of them was killed."""

import subprocess
import sys
from pathlib import Path

from prometheus_client import REGISTRY

from shop.platform import metrics

PROGRAM = """
import os, signal
from prometheus_client import CollectorRegistry, generate_latest
from shop.platform import metrics
from shop.platform.breaker import away

child = os.fork()
if not child:
    away.labels("redis").set(1)
    metrics.messages_total.labels("notifications.mail", "done").inc()
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(child, 0)
away.labels("postgresql").set(1)
metrics.messages_total.labels("notifications.mail", "done").inc()
registry = CollectorRegistry()
metrics._Processes(registry)
print(generate_latest(registry).decode())
"""


def test_what_a_killed_process_counted_stays_and_what_it_saw_does_not(tmp_path: Path) -> None:
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert 'shop_messages_total{outcome="done",topic="notifications.mail"} 2.0' in run.stdout
    assert 'shop_away{service="postgresql"} 1.0' in run.stdout
    assert 'service="redis"' not in run.stdout


def test_methods_that_strangers_think_of_are_one_series():
    for method in ("BREW", "AAAA", "AAAB"):
        metrics.count(method, "made/up/", 403, 0.01)
    series = {
        sample.labels["method"]
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.labels.get("route") == "made/up/" and "method" in sample.labels
    }
    assert series == {"_OTHER"}
