"""What `move media` says when it is done: on the screen, in the report, by its exit code."""

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

from shop.stateless.move.media import places
from shop.stateless.move.media.carrying import Outcome, Survey
from shop.stateless.move.media.copying import ABSENT, DIFFERENT, FAILED

SHOWN = 20  # names of a kind on the screen; the report has all
STOPPED = "The target stopped answering, so this ends here. Run it again: it goes on with what is missing."
PRIVATE = (
    "Note: the {title} is not beneath MEDIA_ROOT, so its files may be private; the target must not be public then. "
    "--from names one storage alone."
)


def code(outcomes: Iterable[Outcome]) -> int:
    return int(
        any(one.stopped or any(one.counts[answer] for answer in (FAILED, ABSENT, DIFFERENT)) for one in outcomes)
    )


def lines(options: argparse.Namespace, surveys: list[Survey], outcomes: list[Outcome]) -> list[str]:
    said: list[str] = []
    for found, outcome in zip(surveys, outcomes, strict=True):
        way = f"{found.way.origin.title} → {places.title(found.way.target)}:"
        said += [way, *_counts(outcome), *_problems(outcome)]
        said += _listed(f"{len(found.orphans)} files that no row names (carried all the same)", found.orphans)
        rows = [f"{name}, {row}" for name, row in found.missing.items()]
        said += _listed(f"{len(rows)} files that rows name are nowhere", rows)
        said += [PRIVATE.format(title=found.way.origin.title)] if places.outside_media(found.way.origin) else []
        said += [STOPPED] if outcome.stopped else []
    return [*said, _verdict(options, code(outcomes))]


def _counts(outcome: Outcome) -> list[str]:
    rows = [
        f"  {count:>8}  {answer} ({outcome.sizes[answer]:,} bytes)" for answer, count in sorted(outcome.counts.items())
    ]
    return rows or ["  no files"]


def _problems(outcome: Outcome) -> list[str]:
    return [f"{_plain(name)} {why}." for name, why in outcome.problems.items()][:SHOWN] + _differing(outcome)


def _differing(outcome: Outcome) -> list[str]:
    return [
        line
        for answer in (ABSENT, DIFFERENT)
        for line in _listed(f"{outcome.counts[answer]} files are {answer}", outcome.names.get(answer, []))
    ]


def _listed(title: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = [f"  … and {len(names) - SHOWN} more, which --report lists"] if len(names) > SHOWN else []
    return [f"{title}:", *(f"  {_plain(name)}" for name in names[:SHOWN]), *more]


def _plain(name: str) -> str:
    """A file's name may hold anything, even control codes for a terminal."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in name
    )


def _verdict(options: argparse.Namespace, code: int) -> str:
    if options.dry_run:
        return "Nothing was written."
    if code:
        return "Not all files are at the target. See to the sentences above and run this again."
    return "Every file is at the target, the same byte for byte. Nothing was removed at the source."


def content(options: argparse.Namespace, surveys: list[Survey], outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "mode": "dry run" if options.dry_run else "verify" if options.verify else "copy",
        "complete": not code(outcomes) and not options.dry_run,
        "storages": list(_storages(surveys, outcomes)),
    }


def _storages(surveys: list[Survey], outcomes: list[Outcome]) -> Iterator[dict[str, Any]]:
    for found, outcome in zip(surveys, outcomes, strict=True):
        yield {
            "from": found.way.origin.title,
            "to": places.title(found.way.target),
            "fields": [f"{one.model._meta.label}.{one.name}" for one in found.way.origin.fields],
            "files": dict(outcome.counts),
            "bytes": dict(outcome.sizes),
            "names": outcome.names,
            "problems": outcome.problems,
            "orphans": found.orphans,
            "missing": found.missing,
            "stopped": outcome.stopped,
        }
