"""What a seed decides."""

from collections import Counter

import pytest

from prove import options, plan, proof
from prove.plan import COMMITTED, ORDER, SENT, WEIGHTS


def test_the_same_seed_gives_the_same_plan_and_another_gives_another():
    assert plan.storm(7, 200) == plan.storm(7, 200)
    assert plan.storm(7, 200) != plan.storm(8, 200)


@pytest.mark.parametrize("journeys", [12, 40, 200])
def test_every_kind_of_visitor_comes_and_every_kind_of_process_is_killed(journeys):
    made = plan.storm(1, journeys)
    assert len(made.journeys) == journeys
    assert {journey.script for journey in made.journeys} == set(WEIGHTS)
    kills = Counter(kill.role for journey in made.journeys for kill in journey.kills)
    assert set(kills) == {"web", "worker", "relay"}
    assert any(kill.role == "web" and kill.at == ORDER for journey in made.journeys for kill in journey.kills)
    assert {outage.service for outage in made.outages} == {"redis", "sqs", "s3"}


def test_processes_are_killed_before_and_after_the_commit_of_an_order():
    made = plan.storm(1, 200)
    at_the_order = Counter(k.after for j in made.journeys for k in j.kills if (k.role, k.at) == ("web", ORDER))
    assert at_the_order[SENT] > 5
    assert at_the_order[COMMITTED] > 5


def test_the_calm_run_has_one_visitor_of_each_kind_and_nothing_happens():
    calm = plan.calm(plan.storm(1, 40))
    assert sorted(journey.script for journey in calm.journeys) == sorted(WEIGHTS)
    assert (calm.kills, calm.outages, calm.rolls) == (0, (), ())


def test_a_plan_for_one_visitor_is_a_plan():
    assert len(plan.storm(1, 1).journeys) == 1


@pytest.mark.parametrize("journeys", ["1", "5", "40"])
def test_the_calm_run_shows_how_every_planned_journey_ends(journeys):
    calm, *others = proof.scenes(options.parse(["--journeys", journeys, "--seed", "1", "--old", "HEAD"]))
    known = {journey.script for journey in calm.plan.journeys}
    assert len(others) == 2
    assert {journey.script for scene in others for journey in scene.plan.journeys} == known
