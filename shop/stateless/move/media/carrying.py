"""All files of one storage on their way, several at a time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from django.core.files.storage import Storage

from shop.stateless.move.media import listing, named
from shop.stateless.move.media.copying import FAILED, Result
from shop.stateless.move.media.places import Origin
from shop.stateless.move.media.refusals import is_not_there, sentence
from shop.stateless.move.problems import MoveError

BATCH = 500  # files that may wait for a worker

Work = Callable[[str], Result]


@dataclass(frozen=True)
class Way:
    origin: Origin
    target: Storage


@dataclass
class Survey:
    """What there is to carry. `missing`: names in rows whose file is nowhere, each with such a row."""

    way: Way
    names: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def survey(way: Way, exists_at_target: Callable[[str], bool]) -> Survey:
    """List all files of the storage and compare them with the rows. Raises MoveError if either cannot be read."""
    found, in_rows = Survey(way), named.names(way.origin.fields)
    try:
        for name, problem in listing.entries(way.origin.storage):
            if problem:
                found.problems[name] = problem
            else:
                found.names.append(name)
    except Exception as error:
        raise MoveError(f"The {way.origin.title} {sentence(error)}. Nothing was copied.") from error
    listed = set(found.names) | found.problems.keys()
    found.orphans = [name for name in found.names if name not in in_rows]
    for name, row in in_rows.items():
        if name not in listed:
            _look_for(found, name, row, exists_at_target)
    return found


def _look_for(found: Survey, name: str, row: str, exists_at_target: Callable[[str], bool]) -> None:
    """A row may name a file that was uploaded to the new storage already."""
    try:
        if not exists_at_target(name):
            found.missing[name] = row
    except Exception as error:  # noqa: BLE001 - a storage of others, and a name that may be anything
        if is_not_there(error):
            found.missing[name] = row
        else:
            found.problems[name] = f"is named in {row} and {sentence(error)}"


@dataclass
class Outcome:
    """Counts and bytes for each answer, and the files that need a person."""

    counts: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    stopped: bool = False

    def add(self, result: Result) -> None:
        self.counts[result.answer] += 1
        self.sizes[result.answer] += result.size
        self.names.setdefault(result.answer, []).append(result.name)
        if result.problem:
            self.problems[result.name] = result.problem


def each(names: Iterable[str], work: Work, workers: int, outcome: Outcome, advance: Callable[[], None]) -> None:
    """Do the work for each name; stop when the target did not answer for more files in a row than workers."""
    silent = 0
    for result in _results(names, work, workers):
        outcome.add(result)
        advance()
        silent = silent + 1 if result.away else 0
        if silent > workers:
            outcome.stopped = True
            return


def _results(names: Iterable[str], work: Work, workers: int) -> Iterator[Result]:
    rest = iter(names)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="move-media")
    try:
        while batch := list(islice(rest, BATCH)):
            yield from pool.map(work, batch)
    finally:
        pool.shutdown(cancel_futures=True)


def refuse(outcome: Outcome, problems: dict[str, str]) -> None:
    """Count files that are not even tried."""
    for name, problem in problems.items():
        outcome.add(Result(name, FAILED, problem=problem))
