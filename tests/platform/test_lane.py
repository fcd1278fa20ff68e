"""Slow pages leave threads to the rest."""

import threading
import time

import pytest
from prometheus_client import REGISTRY

from shop.platform import patience
from shop.platform.lane import Busy, Lane, places


@pytest.fixture(autouse=True)
def _four_threads(settings):
    settings.WEB_THREADS = 4


@pytest.fixture(autouse=True)
def _slow_takes_a_minute(monkeypatch):
    """So that nothing is slow only because the machine is busy."""
    monkeypatch.setattr(patience, "LANE", 60.0)


class Stay(threading.Thread):
    """Somebody who stays in the lane until told to leave."""

    def __init__(self, lane: Lane) -> None:
        super().__init__(daemon=True)
        self.lane = lane
        self.inside, self.leave = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.lane.place():
            self.inside.set()
            self.leave.wait(120)


def filled(lane: Lane) -> list[Stay]:
    there = [Stay(lane) for _ in range(places())]
    assert all(one.inside.wait(60) for one in there)
    return there


def refused() -> float:
    return REGISTRY.get_sample_value("shop_lane_refusals_total") or 0


def test_half_of_the_threads_and_at_least_one(settings):
    assert places() == 2
    settings.WEB_THREADS = 1
    assert places() == 1


class Ahead:
    """A clock that was put forward."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds


def test_who_comes_while_all_are_slow_is_refused_at_once(monkeypatch):
    lane = Lane()
    there = filled(lane)
    monkeypatch.setattr("shop.platform.lane.time", Ahead(patience.LANE))
    before, began = refused(), time.monotonic()
    with pytest.raises(Busy), lane.place():
        pass
    assert time.monotonic() - began < patience.LANE / 2
    assert refused() == before + 1
    there[0].leave.set()
    there[0].join()
    with lane.place():
        assert not there[1].leave.is_set()


def test_who_comes_while_others_are_quick_waits_for_a_moment():
    lane = Lane()
    there = filled(lane)
    late = Stay(lane)
    assert not late.inside.wait(0.1)
    there[0].leave.set()
    assert late.inside.wait(60)


def test_an_error_gives_the_place_back():
    lane = Lane()
    for _ in range(places() + 1):
        with pytest.raises(ZeroDivisionError), lane.place():
            _ = 1 / 0
