"""State that code keeps in the process or on its disk: found by reading it, with file and line."""

from collections.abc import Iterator

from shop.stateless.places import POD_DISK, POD_MEMORY, THIS_MACHINE
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.scan import containers, loopback, memoised, session_uses, threads, writes
from shop.stateless.scan.findings import Finding

CONTAINER, MEMOISED, THREAD, WRITE, LOOPBACK = 150, 151, 152, 153, 154
SHOWN = 5
OWNER = "whoever is served by that process"


def rows(project: Project) -> Iterator[Row]:
    online = project.sources.online()
    for number, module in enumerate(online):
        project.say(f"Looking for state in source code: {number} of {len(online)} modules")
        for finding in containers.find(module):
            yield _container(finding)
        for finding in memoised.find(module):
            yield _memoised(finding)
        for finding in threads.find(module):
            yield _thread(finding)
        for finding in writes.find(module):
            yield _write(finding)
        for finding in loopback.find(module):
            yield _loopback(finding)


def session_users(project: Project) -> str:
    """Return who reads and writes sessions in a line; "" if no code of the project does."""
    uses = [use for module in project.sources.online() for use in session_uses.find(module)]
    written = sorted({use.place for use in uses if use.writes})
    read = {use.place for use in uses} - set(written)
    if not uses:
        return ""
    places = ", ".join(written[:SHOWN]) + (" …" if len(written) > SHOWN else "")
    return f"code: written at {len(written)} places, read at {len(read)}" + (f"; {places}" if places else "")


def _row(asked: Question, number: int, place: str, finding: Finding, lost: str, remedy: str) -> Row:
    """A finding on the way of a request is pod-local; one that may as well run once at start is unknown."""
    kind = asked.weak if finding.certain else asked.unknown
    return kind(number, finding.text, place, lost, remedy, file=finding.file, line=finding.line)


def _container(finding: Finding) -> Row:
    asked = Question(f"Variable {finding.name}", OWNER)
    lost = "What one request left there, the next one does not find on another pod; and it grows until a restart."
    return _row(asked, CONTAINER, POD_MEMORY, finding, lost, "Keep it in the database, the session or the cache")


def _memoised(finding: Finding) -> Row:
    asked = Question(f"Answers of {finding.name}() that are remembered", OWNER)
    lost = "Nothing is lost, but each pod goes on believing the old data, and a change made on one is not seen."
    return _row(asked, MEMOISED, POD_MEMORY, finding, lost, "django.core.cache on a shared cache, with a time-out")


def _thread(finding: Finding) -> Row:
    asked = Question(f"Work in {finding.name}", OWNER)
    lost = "The work under way, with no second try; and each pod does it once more."
    return _row(asked, THREAD, POD_MEMORY, finding, lost, "A task in a queue, or a cron job of the platform")


def _write(finding: Finding) -> Row:
    asked = Question(f"File written by {finding.name}", OWNER)
    lost = "The file: the next request looks for it on another pod. A read-only pod answers 500."
    return _row(asked, WRITE, POD_DISK, finding, lost, "django.core.files.storage.default_storage on S3, or no file")


def _loopback(finding: Finding) -> Row:
    asked = Question(f"Service at {finding.name}", "the site")
    lost = "Whatever this service does: in a pod there is nothing at this address, or one of its own."
    return _row(asked, LOOPBACK, THIS_MACHINE, finding, lost, "An address from the environment")
