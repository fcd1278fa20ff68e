"""One thing that has to be true."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """`found`: what was counted. `problems`: sentences, none if it holds; each names what is to blame."""

    title: str
    found: str
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()  # what has to be known, and is no problem

    @property
    def holds(self) -> bool:
        return not self.problems


def counted(number: int, word: str, plural: str = "") -> str:
    """Return "1 order" or "2 orders"."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
