"""The same queue, played: requests come at random, take what their kind takes, and wait for a pod."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP = 0.1  # the part at the beginning that is not counted: all pods are idle then


@dataclass(frozen=True)
class Played:
    """What came out: how busy the pods were, and the answer times in seconds."""

    utilisation: float
    median: float
    p99: float


@dataclass(frozen=True)
class Visit:
    """A kind of request: its part of all, seconds of a pod's one core (in the mean), seconds of waiting for others."""

    share: float
    busy: float
    away: float = 0.0


def play(
    visits: Sequence[Visit], *, rate: float, pods: int, requests: int = 60_000, pooled: bool = True, seed: int = 1
) -> Played:
    """Play so many requests. `pooled`: the next free pod takes one; else each is sent to a pod by chance.

    The second is what a Service of Kubernetes does, the first the best that any balancer could do.
    """
    chance = random.Random(seed)
    kinds = chance.choices(visits, weights=[visit.share for visit in visits], k=requests)
    free_at = [0.0] * pods
    now, worked, times = 0.0, 0.0, []
    for visit in kinds:
        now += chance.expovariate(rate)
        busy = chance.expovariate(1 / visit.busy)
        pod = 0 if pooled else chance.randrange(pods)
        ends = max(now, free_at[pod]) + busy
        if pooled:
            heapq.heapreplace(free_at, ends)
        else:
            free_at[pod] = ends
        worked += busy
        times.append(ends + visit.away - now)
    counted = sorted(times[int(requests * WARM_UP) :])
    return Played(worked / (now * pods), counted[len(counted) // 2], counted[int(len(counted) * 0.99)])
