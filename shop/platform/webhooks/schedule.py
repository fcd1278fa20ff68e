"""When a delivery is tried again, and for how long an endpoint is left alone that did not answer, or slowly."""

import random
from datetime import timedelta

# Ahead of the second try, the third ...: three days in all. After the specification's own example.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
SLOW = 1.0  # seconds; who takes longer is left alone for as long as it took, so that others have half of the time
SHORTEST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)  # of a delivery whose endpoint is busy or rests, until it looks again
JITTER = 0.2  # so that what failed together does not come back together


def pause(step: int) -> timedelta | None:
    """Return how long to wait after the try number `step`, counted from 0; None if that was the last."""
    return _about(PAUSES[step]) if step < len(PAUSES) else None


def rest_after_failures(failures: int) -> timedelta:
    """Return 5 s, 10 s, 20 s ... up to five minutes."""
    return min(SHORTEST_REST * (1 << min(failures - 1, 10)), LONGEST_REST)


def rest_after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds) if seconds > SLOW else timedelta()


def wait(*, rest: timedelta, age: timedelta) -> timedelta:
    """Return when to look again whether the endpoint can be asked. The older, the later: of a thousand that wait for
    one endpoint few look at the same time.
    """
    return _about(max(rest, min(age, LONGEST_WAIT), timedelta(seconds=1)))


def _about(time: timedelta) -> timedelta:
    """Never shorter."""
    return time + time * JITTER * random.random()  # noqa: S311 - no secret
