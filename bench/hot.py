"""One product that everybody buys at once, beside as many products as orders.

Whoever orders a product waits for the row of its stock until the order before is committed: no number of pods and no
larger machine makes that shorter.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from statistics import mean

from bench.client import Caller, Request, checked, drive
from bench.visitor import Visitor

TURNS = (True, False, False, True)  # of one product or not: in turns, as a machine's speed drifts


def rates(visitor: Visitor, ports: Iterable[int], *, orders: int) -> list[float]:
    """Return orders/s by the clock: of one product, and of different ones; a connection to each port. Raises Broken."""
    found, numbers, asked = defaultdict(list), count(), list(ports)
    for alike in TURNS:
        requests = [_order(visitor, next(numbers), alike=alike) for _ in range(orders)]
        found[alike].append(_rate(asked, requests))
    return [mean(found[True]), mean(found[False])]


def _order(visitor: Visitor, number: int, *, alike: bool) -> Request:
    cart = visitor.api_cart(0 if alike else number, lines=1)
    return visitor.api_order(number, cart=cart)


def _rate(ports: list[int], requests: list[Request]) -> float:
    callers = [Caller(port) for port in ports]
    try:
        load = checked(drive(callers, iter(requests), seconds=600, most=len(requests)))
    finally:
        for caller in callers:
            caller.close()
    return load.count / load.seconds
