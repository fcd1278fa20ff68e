"""Autoscalers know the right queues, never go to nothing, and at their maximum still fit the database."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from k8s import budget
from tests.k8s import provision
from tests.k8s.manifests import ROOT, Object, environment, of_kind, rendered

SMALLEST = 200  # connections of the smallest database that the documentation speaks of


def scaled() -> list[Object]:
    return of_kind("overlays/aws", "ScaledObject")


def test_each_queue_is_watched_by_length() -> None:
    watched = [
        trigger["metadata"]["queueURL"]
        for each in scaled()
        for trigger in each["spec"]["triggers"]
        if trigger["type"] == "aws-sqs-queue"
    ]
    prefix = environment("overlays/aws")["SQS_QUEUE_PREFIX"]
    assert sorted(watched) == sorted(f"{prefix}{name}" for name in provision.QUEUES)


def test_each_worker_is_also_watched_by_the_age_of_what_waits() -> None:
    for each in scaled():
        aged = [trigger for trigger in each["spec"]["triggers"] if trigger["type"] == "aws-cloudwatch"]
        assert [one["metadata"]["metricName"] for one in aged] == ["ApproximateAgeOfOldestMessage"]


def test_scalers_ask_in_the_region_of_the_store() -> None:
    regions = {trigger["metadata"]["awsRegion"] for each in scaled() for trigger in each["spec"]["triggers"]}
    regions |= {each["spec"]["provider"]["aws"]["region"] for each in of_kind("overlays/aws", "SecretStore")}
    assert regions == {environment("overlays/aws")["AWS_REGION"]}


def test_a_scaler_that_cannot_ask_takes_no_pod_away() -> None:
    for each in scaled():
        spec = each["spec"]
        assert 1 <= spec["minReplicaCount"] < spec["maxReplicaCount"]
        assert spec["fallback"]["behavior"] == "currentReplicasIfHigher"
        assert spec["fallback"]["replicas"] >= spec["minReplicaCount"]


def test_the_secret_that_is_fetched_is_the_one_that_is_mounted() -> None:
    (secret,) = of_kind("overlays/aws", "ExternalSecret")
    mounted = re.findall(r"secretName: (\S+?)[,}\s]", (ROOT / "k8s/base/web.yaml").read_text())
    assert {secret["spec"]["target"]["name"]} == set(mounted)


def test_all_at_their_maximum_fit_the_smallest_database_and_its_redis() -> None:
    found = {part.name: part for part in budget.parts(rendered("overlays/aws"))}
    assert set(found) == {"web", "relay", "worker", "worker-media", "roll-call", "migrate", "cron"}
    assert found["web"].postgresql == 25 * 4 and found["relay"].each == 2
    assert found["roll-call"].postgresql == 5, "a tenth of 25 + 3 + 13 + 8 pods"
    assert found["web"].cache == 25 * 4 * 2 and found["relay"].cache == found["migrate"].sessions == 0
    assert budget.fits(list(found.values()), SMALLEST, budget.MAX_CLIENTS)
    assert not budget.fits(list(found.values()), SMALLEST, clients=200)


def test_every_size_that_terraform_makes_bears_all_at_their_maximum() -> None:
    sizes = dict(re.findall(r"(\w+) += \{.*connections = (\d+)", (ROOT / "infra/sizes.tf").read_text()))
    assert {"small", "medium", "large"} <= sizes.keys()
    found = budget.parts(rendered("overlays/aws"))
    assert all(budget.fits(found, int(connections), budget.MAX_CLIENTS) for connections in sizes.values())


def test_no_process_opens_more_to_redis_than_is_counted() -> None:
    """Each thread holds one connection of each pool at most, and a web thread one to the kept pages."""
    pools = {
        name: cache["OPTIONS"]["CONNECTION_POOL_KWARGS"]["max_connections"] for name, cache in settings.CACHES.items()
    }
    assert set(pools) == {"default", "sessions"}, "a third one has to be counted in k8s/budget.py"
    assert min(pools.values()) >= settings.WEB_THREADS, "a thread would be refused"


def test_the_command_prints_the_budget_and_fails_when_it_is_too_large() -> None:
    rendered("overlays/aws")  # skips where there is no kubectl
    command = [sys.executable, ROOT / "k8s/budget.py", "overlays/aws", "--max-connections"]
    roomy, tight = (
        subprocess.run([*command, limit], capture_output=True, text=True, check=False) for limit in ("200", "100")
    )
    assert roomy.returncode == 0 and "| web | 25 | 4 | 100 | 200 | 100 |" in roomy.stdout, roomy.stderr
    assert tight.returncode == 1


def test_a_workload_of_unknown_size_is_refused() -> None:
    with pytest.raises(LookupError, match="how many pods worker"):
        budget.parts(with_no_scaler_for("worker"))


def with_no_scaler_for(name: str) -> list[Object]:
    return [
        each for each in rendered("overlays/aws") if (each["kind"], each["metadata"]["name"]) != ("ScaledObject", name)
    ]
