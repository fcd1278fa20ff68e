"""One file on its way."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import Storage

from shop.stateless.move.media import content, refusals, s3
from shop.stateless.move.media.writing import Renamed, refused, write

COPIED, THERE, VANISHED, FAILED = "copied", "already there, the same", "gone meanwhile", "failed"
ABSENT, DIFFERENT, TO_COPY = "not at the target", "different at the target", "to copy"
CONFLICT = "has another file of its name at the target, and the one there is newer; keep it, or use --overwrite"
CHANGING = "changes while it is read; run this again when it does not"
DAMAGED = "does not come back from the target as it was written; look what changes files there"
ATTEMPTS = 2


@dataclass(frozen=True)
class Result:
    """`away`: the target did not answer, so it makes little sense to go on."""

    name: str
    answer: str
    size: int = 0
    problem: str = ""
    away: bool = False


@dataclass(frozen=True)
class Copier:
    source: Storage
    target: Storage
    overwrite: bool = False

    def copy(self, name: str) -> Result:
        return self._tried(name, self._copy)

    def compare(self, name: str) -> Result:
        return self._tried(name, self._compare)

    def count(self, name: str) -> Result:
        """What a copy would do, by names alone."""
        return self._tried(name, self._count)

    def _tried(self, name: str, work: Callable[[str], Result]) -> Result:
        if problem := refused(name):
            return Result(name, FAILED, problem=problem)
        try:
            return work(name)
        except Renamed as error:
            return Result(name, FAILED, problem=str(error))
        except Exception as error:  # noqa: BLE001 - a storage of others; the other files go on
            if refusals.is_not_there(error) and not self._is_at_source(name):
                return Result(name, VANISHED)
            return Result(name, FAILED, problem=refusals.sentence(error), away=refusals.is_away(error))

    def _is_at_source(self, name: str) -> bool:
        try:
            return self.source.exists(name)
        except Exception:  # noqa: BLE001 - then it failed, for whatever reason
            return True

    def _copy(self, name: str) -> Result:
        before = None
        for attempt in range(ATTEMPTS):
            mine = content.digest(self.source, name)
            if self.target.exists(name):
                if content.is_same(self.target, name, mine):
                    return self._finished(name, mine.size, written=attempt > 0)
                if not attempt and not self._may_replace(name):
                    return Result(name, FAILED, mine.size, CONFLICT)
            self._write(name)
            if content.is_same(self.target, name, mine):
                return self._finished(name, mine.size, written=True)
            before, unchanged = mine, mine == before
        return Result(name, FAILED, mine.size, DAMAGED if unchanged else CHANGING)

    def _write(self, name: str) -> None:
        with self.source.open(name) as opened:
            file = File(opened, name)
            if kind := s3.content_type(opened):
                file.content_type = kind  # type: ignore[attr-defined]
            write(self.target, name, file)

    def _may_replace(self, name: str) -> bool:
        """A file that was changed at the source after it had been copied is the right one."""
        if self.overwrite:
            return True
        try:
            return self.source.get_modified_time(name) > self.target.get_modified_time(name)
        except NotImplementedError:
            return False

    def _finished(self, name: str, size: int, *, written: bool) -> Result:
        """A file is deleted at the source first: if it is gone from there by now, it must not stay at the target."""
        if written and not self.source.exists(name):
            self.target.delete(name)
            return Result(name, VANISHED)
        return Result(name, COPIED if written else THERE, size)

    def _compare(self, name: str) -> Result:
        mine = content.digest(self.source, name)
        if not self.target.exists(name):
            return Result(name, ABSENT, mine.size)
        return Result(name, THERE if content.is_same(self.target, name, mine) else DIFFERENT, mine.size)

    def _count(self, name: str) -> Result:
        size = self.source.size(name)
        return Result(name, THERE if self.target.exists(name) else TO_COPY, size)
