"""The result at the terminal."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from prove.claims.claim import counted
from prove.proof import Part

SHOWN = 8  # problems of one claim


def table(part: Part) -> Table:
    found = Table(title=part.title, title_justify="left", padding=(0, 1), box=SIMPLE_HEAD)
    found.add_column("")
    found.add_column("Claim")
    found.add_column("Found", style="dim")
    for claim in part.claims:
        mark = Text("✓", style="green") if claim.holds else Text("✗", style="bold red")
        found.add_row(mark, Text(claim.title), Text(claim.found))
    return found


def sentences(part: Part) -> Iterator[str]:
    """What does not hold and why, then what has to be known."""
    for claim in part.claims:
        if not claim.holds:
            yield f"✗ {claim.title}:"
            yield from (f"    {problem}" for problem in claim.problems[:SHOWN])
            if len(claim.problems) > SHOWN:
                yield f"    and {len(claim.problems) - SHOWN} more of this kind."
    for claim in part.claims:
        yield from (f"• {note}" for note in claim.notes)


def broken(parts: list[Part]) -> str:
    """Return "1 claim does not hold" or "2 claims do not hold"."""
    number = sum(not claim.holds for part in parts for claim in part.claims)
    return f"{counted(number, 'claim')} {'does' if number == 1 else 'do'} not hold"


def verdict(parts: list[Part], seed: int) -> str:
    kills = sum(len(part.evidence.record.kills()) for part in parts)
    if not all(part.holds for part in parts):
        return f"NOT PROVEN: {broken(parts)} (seed {seed})."
    if not kills:
        rolled = sum(event.what == "stop" for part in parts for event in part.evidence.record.events)
        return f"Proven: {rolled} processes were replaced, and nobody noticed (seed {seed})."
    return f"Proven: {kills} processes were killed, and nothing was lost or done twice (seed {seed})."
