"""The report for people: a table on the terminal, or Markdown for a ticket."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from shop.stateless.audit import Report
from shop.stateless.rows import Row, Severity, Verdict

if TYPE_CHECKING:
    from rich.table import Table

WIDE = 120  # columns of a terminal
COLOURS = {Verdict.SHARED: "green", Verdict.POD_LOCAL: "bold red", Verdict.UNKNOWN: "yellow"}
MARKS = {Verdict.SHARED: "✓", Verdict.POD_LOCAL: "✗", Verdict.UNKNOWN: "?"}
HEADINGS = ("Verdict", "What, and whose", "Where", "Lost when a pod dies", "To write instead")


def terminal(report: Report, stream: TextIO) -> None:
    """Write tables with rich; without rich, as in an environment of others, write Markdown.

    Settings come first, a row each; then what was found in source code, a table for each kind.
    """
    try:
        from rich.console import Console
    except ImportError:
        stream.write(markdown(report))
        return
    console = Console(file=stream)
    rows = ordered(report)
    console.print(_settings(report, [row for row in rows if not row.file], wide=console.width >= WIDE))
    for alike in _kinds([row for row in rows if row.file]):
        console.print(_places(report, alike))
        console.print(f"Lost: {alike[0].lost}\nWrite instead: {alike[0].remedy}\n", highlight=False, markup=False)
    console.print(summary(report), highlight=False, markup=False)


def _settings(report: Report, rows: list[Row], *, wide: bool) -> "Table":
    """Five columns if there is room for them, else three, in which several stand below each other."""
    from rich.markup import escape
    from rich.table import Table

    headings = HEADINGS if wide else ("Verdict", "What, whose and where", "Lost, and to write instead")
    table = Table(*headings, title="Where the state of this project lives", show_lines=True)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.overflow = "fold"  # a setting or a path is useful only in full
    for row in rows:
        first, what, where, lost, remedy = (escape(cell) for cell in cells(report, row))
        others = (what, where, lost, remedy) if wide else (f"{what}\n{where}", f"{lost}\n\n{remedy}".rstrip())
        table.add_row(f"[{COLOURS[row.verdict]}]{first}[/]", *others)
    return table


def _kinds(rows: list[Row]) -> list[list[Row]]:
    """Return the rows with those next to each other about which the same is said."""
    kinds: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        kinds.setdefault((row.id, row.lost, row.remedy), []).append(row)
    return [sorted(alike, key=lambda row: (row.file, row.line)) for alike in kinds.values()]


def _places(report: Report, rows: list[Row]) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table("Verdict", "Where", "What", title=f"Source code: {rows[0].id}", title_justify="left")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        silenced = ", silenced" if report.is_silenced(row) else ""
        verdict = f"[{COLOURS[row.verdict]}]{MARKS[row.verdict]} {row.verdict.value}{silenced}[/]"
        table.add_row(verdict, escape(f"{row.file}:{row.line}"), escape(row.where))
    return table


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
