"""The queue M/M/c: requests at random moments, servers that take a random time, one line for all servers.

Source of the formulas: A. K. Erlang, 1917; as in any book on queues.
"""

import math


def utilisation(rate: float, seconds: float, servers: int) -> float:
    """`seconds`: what one request takes in the mean."""
    return rate * seconds / servers


def waits(rate: float, seconds: float, servers: int) -> float:
    """Return the share of requests that find all servers busy (Erlang's C). 1 if they cannot keep up."""
    offered = rate * seconds
    if offered >= servers:
        return 1.0
    blocked = 1.0
    for count in range(1, servers + 1):  # Erlang's B by its recursion, which does not overflow
        blocked = offered * blocked / (count + offered * blocked)
    busy = offered / servers
    return blocked / (1 - busy * (1 - blocked))


def longer_than(limit: float, rate: float, seconds: float, servers: int) -> float:
    """Return the share of requests that take longer than `limit` seconds, waiting included."""
    offered, speed = rate * seconds, 1 / seconds
    if offered >= servers:
        return 1.0
    waiting = waits(rate, seconds, servers)
    spare = servers - 1 - offered
    if abs(spare) < 1e-9:
        return math.exp(-speed * limit) * (1 + waiting * speed * limit)
    return math.exp(-speed * limit) * (1 + waiting * (1 - math.exp(-speed * limit * spare)) / spare)


def percentile(share: float, rate: float, seconds: float, servers: int) -> float:
    """Return the seconds within which that share of the requests is answered; infinite if they cannot keep up."""
    if rate * seconds >= servers:
        return math.inf
    low, high = 0.0, seconds
    while longer_than(high, rate, seconds, servers) > 1 - share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if longer_than(middle, rate, seconds, servers) > 1 - share:
            low = middle
        else:
            high = middle
    return high
