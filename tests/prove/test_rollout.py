"""A roll-out of the proof takes its numbers from the manifests, and says when a process would have been killed."""

import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from config.local.errors import LaunchError
from config.local.process import Place, Process, Program
from prove import manifest, plan
from prove.claims.requests import rolled_under_load
from prove.fleet import ProvedFleet
from prove.manifest import Pod
from prove.options import parse
from prove.record import Event
from tests.k8s.manifests import one, pod_template, rendered
from tests.prove.made_up import evidence

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"


def test_its_numbers_are_those_of_the_manifests() -> None:
    rendered("base")  # skips where there is no kubectl
    pods = manifest.pods()
    assert set(pods) == {"web", "relay", "worker", "worker-media"}
    for name, pod in pods.items():
        spec = one("base", "Deployment", name)["spec"]
        assert pod.grace == spec["template"]["spec"]["terminationGracePeriodSeconds"]
        assert pod.ready == spec["minReadySeconds"]
    (web,) = pod_template(one("base", "Deployment", "web"))["spec"]["containers"]
    assert pods["web"].pause == web["lifecycle"]["preStop"]["sleep"]["seconds"] > 0
    assert pods["web"].environment["WEB_DRAIN_SECONDS"] and pods["worker-media"].environment["WORKER_QUEUES"] == "media"
    assert not [name for name in pods["web"].environment if name.endswith("_FILE")]


def test_nothing_is_killed_or_cut_in_it() -> None:
    rolled = plan.rollout(7, 30, processes=8)
    assert (rolled.kills, rolled.outages, len(rolled.rolls)) == (0, (), 1)
    assert parse(["--rollout", "--seed", "7"]).rollout and not parse(["--rollout"]).old


@pytest.mark.parametrize("journeys", [9, 30, 200])
def test_visitors_set_out_as_each_process_leaves_however_fast_they_are(journeys: int) -> None:
    rolled = plan.rollout(7, journeys, processes=8)
    groups = Counter(rolled.held.get(journey.number, 1) for journey in rolled.journeys)
    assert set(groups) == set(range(1, 9)) and max(groups.values()) - min(groups.values()) <= 1
    assert not rolled.held.get(rolled.rolls[0]), "who begins the roll-out waits for nobody"


def test_a_process_that_outlasts_its_grace_period_is_reported(tmp_path: Path) -> None:
    place = Place(tmp_path, "rollout").make()
    fleet = ProvedFleet(place, {}, code={"web-1": tmp_path}, web=1, relays=0, workers=0)
    process = Process(Program("web-1", [sys.executable, "-u", "-c", STUBBORN]), place)
    fleet.processes["web-1"] = process
    fleet.pods = {"web": Pod({}, pause=0.1, grace=0.4, ready=0)}
    process.start()
    process.wait_until(lambda: bool(process.tail()), seconds=60, what="it")
    with pytest.raises(LaunchError, match="web-1 took longer"):
        fleet.leave("web-1")
    assert process.exit_code == -signal.SIGKILL


def test_a_roll_out_that_nobody_met_proves_nothing() -> None:
    run = evidence()
    run.record.samples[:] = [replace(sample, at=100.0) for sample in run.record.samples]
    run.record.events[:] = [Event(99.0, "stop", "web-1"), Event(101.0, "up", "web-1")]
    assert rolled_under_load(run).holds
    run.record.events += [Event(200.0, "stop", "web-2"), Event(216.0, "up", "web-2")]
    claim = rolled_under_load(run)
    assert "web-2" in claim.problems[0] and "2 processes, 16 s" in claim.found
