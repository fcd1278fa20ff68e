"""What the person at the terminal reads: tables with rich where it is installed, plain lines elsewhere."""

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from shop.stateless.move.database.estimate import Estimate
from shop.stateless.move.database.survey import BadRow

SHOWN = 20  # bad rows of one table


def plain(stream: Any) -> TextIO:
    """Return the stream below Django's wrapper, which would end each piece of a bar with a new line."""
    found: TextIO = getattr(stream, "_out", stream)
    return found


def write_table(stream: TextIO, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table whose first column is text and whose others are numbers."""
    found = [list(row) for row in rows]
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        found = []
    else:
        if stream.isatty():
            table = Table(title=title)
            for index, heading in enumerate(headings):
                table.add_column(heading, justify="right" if index else "left")
            for row in found:
                table.add_row(*row)
            Console(file=stream).print(table)
            return
    _write_lines(stream, title, headings, found)


def _write_lines(stream: TextIO, title: str, headings: Sequence[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[index]) for row in [list(headings), *rows]) for index in range(len(headings))]
    stream.write(f"{title}\n")
    for row in [list(headings), *rows]:
        first, *others = (
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        stream.write("  ".join([first, *others]).rstrip() + "\n")


def write_estimates(stream: TextIO, estimates: list[Estimate]) -> None:
    rows = [
        (one.table, f"{one.rows:,}", _megabytes(one.bytes), duration(one.seconds))
        for one in sorted(estimates, key=lambda one: -one.seconds)
        if one.rows
    ]
    empty = sum(not one.rows for one in estimates)
    seconds = sum(one.seconds for one in estimates)
    total = ("all", f"{sum(one.rows for one in estimates):,}", _megabytes(sum(one.bytes for one in estimates)))
    write_table(stream, "To be carried", ("table", "rows", "size", "about"), [*rows, (*total, duration(seconds))])
    stream.write(f"{empty} tables are empty. Plan a maintenance window of {duration(2 * seconds + 60)}.\n")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def write_bad(stream: TextIO, bad: list[BadRow]) -> None:
    counts: dict[str, int] = {}
    for row in bad:
        counts[row.table] = counts.get(row.table, 0) + 1
        if counts[row.table] <= SHOWN:
            stream.write(f"{row}\n")
    for table, number in counts.items():
        if number > SHOWN:
            stream.write(f"{table}: {number - SHOWN} more such rows.\n")


def write_left_behind(stream: TextIO, tables: list[tuple[str, int]], columns: list[str]) -> None:
    stream.writelines(
        f"Not carried: table {name} ({rows:,} rows), which no managed model has.\n" for name, rows in tables
    )
    stream.writelines(f"Not carried: column {name}, no model has it.\n" for name in columns)
