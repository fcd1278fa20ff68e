"""The list for people: a table with rich, Markdown for a ticket, JSON for machines."""

from collections.abc import Iterable
from typing import Any, TextIO

from shop.stateless.move.tasks.findings import Finding
from shop.stateless.move.tasks.topics import Level

COLOURS = {Level.CHANGE: "bold red", Level.LOOK: "yellow", Level.FINE: "green"}
NOTHING = "Nothing in this project sends or schedules tasks of Celery.\n"


def terminal(findings: list[Finding], stream: TextIO) -> None:
    """Write tables, one for each topic; Markdown without rich."""
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table
    except ImportError:
        stream.write(markdown(findings))
        return
    console = Console(file=stream)
    for group in grouped(findings):
        topic = group[0].topic
        table = Table("", "Where", "What", title=f"{topic.name}: {len(group)}", title_justify="left")
        for one in group:
            place = f"{one.file}:{one.line}"
            table.add_row(f"[{COLOURS[one.level]}]{one.level.value}[/]", escape(place), escape(one.what))
        console.print(table)
        for heading, text in (("Why", topic.why), ("With SQS", topic.sqs), ("With an outbox", topic.outbox)):
            console.print(f"{heading}: {text}", highlight=False, markup=False)
        console.print()
    console.print(summary(findings), highlight=False, markup=False)


def markdown(findings: list[Finding]) -> str:
    lines = ["# What Celery's work needs before it goes through SQS", "", summary(findings)]
    for group in grouped(findings):
        topic = group[0].topic
        lines += [
            "",
            f"## {topic.name}",
            "",
            topic.why,
            "",
            f"* With SQS: {topic.sqs}",
            f"* With an outbox: {topic.outbox}",
        ]
        lines += ["", "| | where | what |", "|---|---|---|"]
        lines += [f"| {one.level.value} | {one.file}:{one.line} | {_code(one.what)} |" for one in group]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def grouped(findings: list[Finding]) -> list[list[Finding]]:
    """Return the findings by topic, first those that have to change."""
    levels = list(Level)
    groups: dict[str, list[Finding]] = {}
    for one in sorted(findings, key=lambda one: (levels.index(one.level), one.file, one.line)):
        groups.setdefault(one.topic.name, []).append(one)
    return list(groups.values())


def as_json(findings: list[Finding], unread: Iterable[tuple[str, str]]) -> dict[str, Any]:
    counts = {level.value: sum(one.level is level for one in findings) for level in Level}
    rows = [one.json() for group in grouped(findings) for one in group]
    return {"counts": counts, "findings": rows, "unread": [{"file": file, "why": why} for file, why in unread]}


def summary(findings: list[Finding]) -> str:
    if not findings:
        return NOTHING.strip()
    counts = [(level, sum(one.level is level for one in findings)) for level in Level]
    change, look, fine = (number for _, number in counts)
    return f"{change} places have to change, {look} need a look, {fine} are fine as they are."
