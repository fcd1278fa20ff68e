"""The answer to one question of the audit: which data, where it lives, and what happens to it when a pod dies."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """Whether all pods see the same."""

    SHARED = "shared"
    POD_LOCAL = "pod-local"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much it matters; NONE means that it is no finding."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NONE = "none"


LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.NOTE: "I", Severity.NONE: "I"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the audit.

    `number` is the stable part of the id, `place` the kind of place for the state map, `lost` says in a manager's
    words what the death of a pod costs, `remedy` names the setting to write. `file` and `line` are set by findings in
    source code, `used_by` where it is known who reads and writes the data.
    """

    number: int
    what: str
    where: str
    place: str
    owner: str
    verdict: Verdict
    severity: Severity
    lost: str
    remedy: str = ""
    used_by: str = ""
    file: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """Such as "stateless.E001": the letter is the severity's, the number never changes."""
        return f"stateless.{LETTERS[self.severity]}{self.number:03}"

    def is_silenced(self, ids: Collection[str]) -> bool:
        """A number is silenced with any letter: "stateless.E030" also covers the same question as a note."""
        return any(f"stateless.{letter}{self.number:03}" in ids for letter in LETTERS.values())

    @property
    def is_finding(self) -> bool:
        return self.severity is not Severity.NONE

    def json(self) -> dict[str, Any]:
        return {"id": self.id, **asdict(self), "verdict": self.verdict.value, "severity": self.severity.value}


@dataclass(frozen=True)
class Question:
    """What a rule asks about: the data and whose it is. Its answers are rows."""

    what: str
    owner: str

    def shared(self, number: int, where: str, place: str, lost: str = "Nothing.", **more: Any) -> Row:
        return self._row(Verdict.SHARED, Severity.NONE, number, where, place, lost, more)

    def broken(self, number: int, where: str, place: str, lost: str, remedy: str, **more: Any) -> Row:
        """Pod-local, and shoppers or data suffer: an error."""
        return self._row(Verdict.POD_LOCAL, Severity.ERROR, number, where, place, lost, {"remedy": remedy, **more})

    def weak(self, number: int, where: str, place: str, lost: str, remedy: str, **more: Any) -> Row:
        """Pod-local, but something else than data is lost: a warning."""
        return self._row(Verdict.POD_LOCAL, Severity.WARNING, number, where, place, lost, {"remedy": remedy, **more})

    def unknown(self, number: int, where: str, place: str, lost: str, remedy: str, **more: Any) -> Row:
        return self._row(Verdict.UNKNOWN, Severity.NOTE, number, where, place, lost, {"remedy": remedy, **more})

    def _row(
        self, verdict: Verdict, severity: Severity, number: int, where: str, place: str, lost: str, more: dict[str, Any]
    ) -> Row:
        fixed = {"what": self.what, "owner": self.owner, "verdict": verdict, "severity": severity}
        return Row(number=number, where=where, place=place, lost=lost, **{**fixed, **more})
