"""Work that a process does again and again beside all else, from a thread that ends with it."""

import logging
import random
import threading
import time
from collections.abc import Callable

logger = logging.getLogger("shop.rounds")
SPREAD = 0.25  # share by which a pause may be shorter or longer: pods that started together do not stay together


def again_and_again(work: Callable[[], bool | None], *, every: float, name: str, at_once: bool = False) -> None:
    """Do `work` about each `every` seconds, until it returns True. A failure is logged, and the next round comes."""
    arguments = (work, every, name, at_once)
    thread = threading.Thread(target=_go_round, args=arguments, daemon=True, name=name)  # per-pod: looks after its own
    thread.start()


def _go_round(work: Callable[[], bool | None], every: float, name: str, at_once: bool) -> None:
    if not at_once:
        _pause(every)
    while not _is_over(work, name):
        _pause(every)


def _is_over(work: Callable[[], bool | None], name: str) -> bool:
    try:
        return bool(work())
    except Exception:
        logger.exception("%s failed; it is tried again", name)
        return False


def _pause(every: float) -> None:
    time.sleep(every * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 - nobody has to be kept from guessing it
