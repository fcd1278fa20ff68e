"""The report for people: a table on the terminal, or Markdown for a ticket."""

from collections.abc import Iterable
from typing import TextIO

from shop.stateless.audit import Report
from shop.stateless.rows import Row, Severity, Verdict

COLOURS = {Verdict.SHARED: "green", Verdict.POD_LOCAL: "bold red", Verdict.UNKNOWN: "yellow"}
MARKS = {Verdict.SHARED: "✓", Verdict.POD_LOCAL: "✗", Verdict.UNKNOWN: "?"}
HEADINGS = ("Verdict", "What, and whose", "Where", "Lost when a pod dies", "To write instead")


def terminal(report: Report, stream: TextIO) -> None:
    """Write a table with rich; without rich, as in an environment of others, write Markdown."""
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table
    except ImportError:
        stream.write(markdown(report))
        return
    table = Table(*HEADINGS, title="Where the state of this project lives", show_lines=True)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.overflow = "fold"  # a setting or a path is of use in full only
    for row in ordered(report):
        first, *others = (escape(cell) for cell in cells(report, row))
        table.add_row(f"[{COLOURS[row.verdict]}]{first}[/]", *others)
    console = Console(file=stream)
    console.print(table)
    console.print(summary(report), highlight=False, markup=False)


def markdown(report: Report) -> str:
    lines = ["# Where the state of this project lives", "", summary(report), "", _line(HEADINGS), _line(("---",) * 5)]
    lines += [
        _line(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells(report, row)) for row in ordered(report)
    ]
    return "\n".join(lines) + "\n"


def _line(parts: Iterable[str]) -> str:
    return f"| {' | '.join(parts)} |"


def ordered(report: Report) -> list[Row]:
    """Return the rows, the worst first."""
    verdicts, severities = [Verdict.POD_LOCAL, Verdict.UNKNOWN, Verdict.SHARED], list(Severity)
    return sorted(report.rows, key=lambda row: (verdicts.index(row.verdict), severities.index(row.severity)))


def cells(report: Report, row: Row) -> tuple[str, ...]:
    """Return the row as the five texts of HEADINGS."""
    verdict = f"{MARKS[row.verdict]} {row.verdict.value}"
    if row.is_finding:
        verdict += f"\n{row.severity.value}\n{row.id}" + ("\nsilenced" if report.is_silenced(row) else "")
    users = f"\nused by {row.used_by}" if row.used_by else ""
    place = f"\n{row.file}:{row.line}" if row.file else ""
    return verdict, f"{row.what}\n({row.owner}){users}", row.where + place, row.lost, row.remedy


def summary(report: Report) -> str:
    counts = report.counts()
    text = f"{counts['shared']} shared, {counts['pod-local']} pod-local, {counts['unknown']} unknown."
    if not report.pod_local:
        return f"{text} Nothing that is known is lost with a pod."
    errors = sum(row.severity is Severity.ERROR for row in report.pod_local)
    count = len(report.pod_local)
    return f"{text} To change before a second pod starts: {count}; {errors} of them lose data or log people out."
