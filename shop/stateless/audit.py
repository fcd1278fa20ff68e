"""Ask all questions, even if some fail, and keep the answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from shop.stateless.places import NOT_KNOWN
from shop.stateless.project import Problem, Project
from shop.stateless.rows import Question, Row, Verdict
from shop.stateless.rules import (
    caches,
    celery,
    channels,
    databases,
    hosts,
    logs,
    mail,
    queues,
    search,
    secrets,
    sessions,
    source,
    static_files,
    storages,
    throttles,
    thumbnails,
    uploads,
)

Rule = Callable[[Project], Iterator[Row]]
CONFIGURATION: tuple[Rule, ...] = (
    databases.rows,
    sessions.rows,
    caches.rows,
    storages.rows,
    uploads.rows,
    static_files.rows,
    thumbnails.rows,
    celery.rows,
    queues.rows,
    channels.rows,
    search.rows,
    mail.rows,
    throttles.rows,
    logs.rows,
    hosts.rows,
)
CODE: tuple[Rule, ...] = (secrets.rows, celery.told_by_code, source.rows)
NOT_IMPORTED = 160


@dataclass
class Report:
    """All answers. `silenced` are the ids that SILENCED_SYSTEM_CHECKS names."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    silenced: frozenset[str] = frozenset()

    @property
    def findings(self) -> list[Row]:
        return [row for row in self.rows if row.is_finding and not self.is_silenced(row)]

    @property
    def pod_local(self) -> list[Row]:
        return [row for row in self.findings if row.verdict is Verdict.POD_LOCAL]

    def is_silenced(self, row: Row) -> bool:
        return row.is_silenced(self.silenced)

    def counts(self) -> dict[str, int]:
        return {verdict.value: sum(row.verdict is verdict for row in self.rows) for verdict in Verdict}

    def json(self) -> dict[str, Any]:
        return {
            "counts": self.counts(),
            "pod_local": len(self.pod_local),
            "rows": [{**row.json(), "silenced": self.is_silenced(row)} for row in self.rows],
            "problems": [{"name": problem.name, "reason": problem.reason} for problem in self.problems],
        }


def audit(project: Project, rules: tuple[Rule, ...] = CONFIGURATION + CODE) -> Report:
    """Return the report. A rule that fails is named in it as a problem; the others are asked all the same."""
    report = Report(silenced=frozenset(getattr(settings, "SILENCED_SYSTEM_CHECKS", ())))
    for rule in rules:
        report.rows.extend(_answers(project, rule))
    if source.rows in rules:
        for file, reason in project.sources.unread:
            project.note(file, f"cannot be read: {reason}")
        if not project.packages and not project.sources.apps_read:
            project.note("source code", "not read: all apps are installed packages. --packages reads them, too")
        report.rows = [_with_users(project, row) for row in report.rows]
    report.problems = project.problems
    report.rows.extend(_not_imported(problem) for problem in project.problems)
    return report


def _with_users(project: Project, row: Row) -> Row:
    """Add to the sessions' row which code reads and writes them."""
    return replace(row, used_by=source.session_users(project)) if row.what == sessions.SESSIONS.what else row


def _answers(project: Project, rule: Rule) -> Iterator[Row]:
    try:
        yield from rule(project)
    except Exception as error:  # noqa: BLE001 - settings of others may hold anything; the other rules are asked
        project.note(rule.__module__.rpartition(".")[2], f"this part of the audit failed: {error!r}")


def _not_imported(problem: Problem) -> Row:
    asked = Question(problem.name, "not known")
    lost = "Not known: the audit could not look there."
    return asked.unknown(NOT_IMPORTED, problem.reason, NOT_KNOWN, lost, "Make it importable here and audit again")
