"""A breaker opens on failures and on slowness, and lets one caller at a time find out whether the service is back."""

import threading

import pytest
from prometheus_client import REGISTRY

from shop.platform import breaker as breakers
from shop.platform.breaker import Breaker, Slow

AWAY = 0.5  # seconds


class Away(Exception):
    pass


class Refused(Exception):
    pass


class Clock:
    """Time that passes when a test says so, and not while a busy machine does something else."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def time(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(breakers, "time", clock)
    return clock


def breaker(seconds: float = AWAY, slow: Slow | None = None) -> Breaker:
    return Breaker("it", away=(Away,), refusal=Refused, seconds=seconds, slow=slow)


def call(one: Breaker, error: Exception | None = None, *, takes: float = 0) -> None:
    with one.call():
        breakers.time.sleep(takes)
        if error:
            raise error


def fail(one: Breaker) -> None:
    with pytest.raises(Away):
        call(one, Away("gone"))


def test_nobody_asks_after_a_failure_until_the_time_is_over(time):
    one = breaker()
    fail(one)
    with pytest.raises(Refused, match="it was away a moment ago"):
        call(one)
    time.sleep(AWAY)
    call(one)
    call(one)


def test_the_metrics_say_what_is_away():
    one = breaker(seconds=0)
    fail(one)
    assert REGISTRY.get_sample_value("shop_away", {"service": "it"}) == 1
    call(one)
    assert REGISTRY.get_sample_value("shop_away", {"service": "it"}) == 0


def test_a_trial_that_fails_keeps_it_open(time):
    one = breaker()
    fail(one)
    time.sleep(AWAY)
    fail(one)
    with pytest.raises(Refused):
        call(one)


def test_one_caller_at_a_time_tries():
    one = breaker(seconds=0)
    fail(one)
    entered, leave, ended = threading.Event(), threading.Event(), []

    def trial() -> None:
        with one.call():
            entered.set()
            leave.wait(60)
        ended.append(True)

    thread = threading.Thread(target=trial)
    thread.start()
    assert entered.wait(60)
    with pytest.raises(Refused):
        call(one)
    leave.set()
    thread.join()
    assert ended
    call(one)


def test_a_trial_that_is_torn_away_leaves_room_for_the_next():
    one = breaker(seconds=0)
    fail(one)
    with pytest.raises(KeyboardInterrupt), one.call():
        raise KeyboardInterrupt
    call(one)
    assert not one.is_open


def test_a_refusal_is_an_answer():
    one = breaker(seconds=0)
    fail(one)
    with pytest.raises(ValueError, match="full"):
        call(one, ValueError("full"))
    assert not one.is_open


def test_several_slow_answers_in_a_row_are_as_bad_as_none(time):
    one = breaker(slow=Slow(seconds=0.125, in_all=0.75))
    call(one, takes=0.25)
    call(one, takes=0.25)
    call(one)  # a quick one: it was a hiccup
    call(one, takes=0.25)
    call(one, takes=0.25)
    assert not one.is_open
    call(one, takes=0.25)
    assert one.is_open
    time.sleep(AWAY)
    call(one, takes=0.25)  # still slow
    assert one.is_open
    time.sleep(AWAY)
    call(one)
    assert not one.is_open
