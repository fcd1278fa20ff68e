"""State that code keeps in the process or on its disk: found by reading it, with file and line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from shop.stateless.places import DATABASE, POD_DISK, POD_MEMORY, THIS_MACHINE
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.scan import (
    attached,
    containers,
    lasting,
    locks,
    loopback,
    memoised,
    paths,
    races,
    session_uses,
    threads,
    visitors_files,
    writes,
)
from shop.stateless.scan.findings import Finding
from shop.stateless.scan.module import Module, in_turn

CONTAINER, MEMOISED, THREAD, WRITE, LOOPBACK, PATH, LOCK, LOST_UPDATE, MADE_TWICE, VISITORS_FILE = range(150, 160)
SHOWN = 5
OWNER = "whoever is served by that process"


@dataclass(frozen=True)
class Kind:
    """What the findings of one reader have in common: `what` takes the name of the finding."""

    number: int
    find: Callable[[Module], Iterator[Finding]]
    what: str
    place: str
    lost: str
    remedy: str
    owner: str = OWNER


GROWS = "What one request left there, the next one does not find on another pod; and it grows until a restart."
KEEP = "Keep it in the database, the session or the cache"
KINDS = (
    Kind(CONTAINER, containers.find, "Variable {}", POD_MEMORY, GROWS, KEEP),
    Kind(CONTAINER, lasting.find, "Variable {}", POD_MEMORY, GROWS, KEEP),
    Kind(CONTAINER, attached.find, "Variable {}", POD_MEMORY, GROWS, KEEP),
    Kind(
        MEMOISED,
        memoised.find,
        "Answers of {}() that are remembered",
        POD_MEMORY,
        "Nothing is lost, but each pod goes on believing the old data, and a change made on one is not seen.",
        "django.core.cache on a shared cache, with a time-out",
    ),
    Kind(
        THREAD,
        threads.find,
        "Work in {}",
        POD_MEMORY,
        "The work under way, with no second try; and each pod does it once more.",
        "A task in a queue, or a cron job of the platform",
    ),
    Kind(
        WRITE,
        writes.find,
        "File written by {}",
        POD_DISK,
        "The file: the next request looks for it on another pod. A read-only pod answers 500.",
        "django.core.files.storage.default_storage on S3, or no file",
    ),
    Kind(
        LOOPBACK,
        loopback.find,
        "Service at {}",
        THIS_MACHINE,
        "Whatever this service does: in a pod there is nothing at this address, or one of its own.",
        "An address from the environment",
        owner="the site",
    ),
    Kind(
        PATH,
        paths.find,
        "Uploads by their path: {}",
        POD_DISK,
        "Every upload that another pod took. On S3 a file has no path: NotImplementedError.",
        "open() of the field or of default_storage; a temporary copy for a program that wants a path",
    ),
    Kind(
        LOCK,
        locks.find,
        "Lock {}",
        THIS_MACHINE,
        "Nothing is lost with the pod, but other pods do not wait: the last piece is sold twice.",
        "select_for_update(), one UPDATE with F(), or an advisory lock of PostgreSQL",
    ),
    Kind(
        LOST_UPDATE,
        races.lost_updates,
        "Number {}",
        DATABASE,
        "One of two changes, if two pods make them at once: both begin with the same number.",
        'update(n=F("n") - 1) with the condition in its filter, or select_for_update() in a transaction',
        owner="whoever it counts for",
    ),
    Kind(
        MADE_TWICE,
        races.made_twice,
        "Row {}",
        DATABASE,
        "Nothing, but two pods may each make the row; from then on get() fails: MultipleObjectsReturned.",
        "A UniqueConstraint over these fields: then get_or_create() finds what the other pod has made",
        owner="whoever it is about",
    ),
    Kind(
        VISITORS_FILE,
        visitors_files.find,
        "File of a session in {}",
        POD_DISK,
        "What a visitor left: their next request looks for it on another pod.",
        "Keep it in the session, in the database, or in default_storage under that name",
        owner="the visitor",
    ),
)


def rows(project: Project) -> Iterator[Row]:
    online = project.sources.online()
    for number, module in enumerate(in_turn(online)):
        project.say(f"Looking for state in source code: {number} of {len(online)} modules")
        module.fact(session_uses.uses)  # while the syntax tree is loaded; session_users() asks for it
        for kind in KINDS:
            yield from _rows(project, module, kind)


def _rows(project: Project, module: Module, kind: Kind) -> Iterator[Row]:
    """Yield one row for all lines about which the same is said."""
    lines: dict[tuple[str, str], list[Finding]] = {}
    for finding in _found(project, module, kind):
        lines.setdefault((finding.name, finding.text), []).append(finding)
    for first, *others in lines.values():
        also = ", ".join(sorted({str(one.line) for one in others} - {str(first.line)}, key=int))
        yield _row(kind, replace(first, text=f"{first.text}; also on line {also}") if also else first)


def _found(project: Project, module: Module, kind: Kind) -> list[Finding]:
    try:
        return list(kind.find(module))
    except Exception as error:  # noqa: BLE001 - code of others may hold anything; the rest is read
        project.note(module.shown, f"not read for {kind.number}: {error!r}")
        return []


def session_users(project: Project) -> str:
    """Return who reads and writes sessions in a line; "" if no code of the project does."""
    uses = [use for module in project.sources.online() for use in module.fact(session_uses.uses)]
    written = sorted({use.place for use in uses if use.writes})
    read = {use.place for use in uses} - set(written)
    if not uses:
        return ""
    places = ", ".join(written[:SHOWN]) + (" …" if len(written) > SHOWN else "")
    return f"code: written at {len(written)} places, read at {len(read)}" + (f"; {places}" if places else "")


def _row(kind: Kind, finding: Finding) -> Row:
    """A finding in the path of a request is pod-local; one that may just as well run once at start is unknown."""
    asked = Question(kind.what.format(finding.name), kind.owner)
    answer = asked.weak if finding.certain else asked.unknown
    return answer(kind.number, finding.text, kind.place, kind.lost, kind.remedy, file=finding.file, line=finding.line)
