"""Variables of a process, and what changes them."""

from functools import lru_cache

SEEN: dict[str, list[int]] = {}
NAMES: list[str] = []
KINDS: set[str] = set()
BREAKERS: dict[str, int] = {}
LAST = 0


class Shelf:
    goods: list[str] = []
    owner = ""

    def __init__(self) -> None:
        self.note = ""


SHELF = Shelf()


class Asked:
    """A middleware that counts."""

    def __init__(self, _get_response: object) -> None:
        self.times = 0

    def __call__(self, _request: object = None) -> None:
        self.times += 1


@lru_cache
def twice(number: int) -> int:
    return 2 * number


def defaulted(name: str, known: list[str] = []) -> None:  # noqa: B006
    known.append(name)


def note_breaker(name: str) -> None:
    BREAKERS[name] = 1  # per-pod: each process sees the network by itself
