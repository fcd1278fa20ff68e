"""What the person at the terminal reads: tables with rich where it is installed, plain lines elsewhere."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from shop.stateless.move.database.estimate import Estimate
from shop.stateless.move.database.survey import BadRow
from shop.stateless.move.problems import MoveError
from shop.stateless.move.report import private

SHOWN = 20  # bad rows of one table


class Output:
    """The terminal, and a file for bad rows if one is wanted. Raises MoveError if the file cannot be written."""

    def __init__(self, stream: TextIO, bad_rows: Path | None = None) -> None:
        self.stream = stream
        self._file = bad_rows
        self._bad: list[BadRow] = []
        self.bad([])

    def bad(self, rows: list[BadRow]) -> None:
        """Name bad rows: some of each table here, all of them in the file."""
        _write_bad(self.stream, rows)
        self._bad += rows
        if self._file:
            try:
                with private(self._file, "w") as file:
                    writer = csv.writer(file)
                    writer.writerow(["table", "row", "column", "what is wrong"])
                    writer.writerows([row.table, row.shown_key, row.column, row.text] for row in self._bad)
            except OSError as error:
                raise MoveError(f"{self._file} cannot be written: {error.strerror}. Name another file.") from error


def write_table(stream: TextIO, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table whose first column is text and whose others are numbers."""
    found = [list(row) for row in rows]
    rich = _rich() if stream.isatty() else None
    if rich is None:
        _write_lines(stream, title, headings, found)
        return
    table = rich[1](title=title)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left")
    for row in found:
        table.add_row(*row)
    rich[0](file=stream).print(table)


def _rich() -> tuple[Any, Any] | None:
    """Return rich's Console and Table, None where it is not installed."""
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        return None
    return Console, Table


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


def _write_bad(stream: TextIO, bad: list[BadRow]) -> None:
    counts: dict[str, int] = {}
    for row in bad:
        counts[row.table] = counts.get(row.table, 0) + 1
        if counts[row.table] <= SHOWN:
            stream.write(f"{row}\n")
    for table, number in counts.items():
        if number > SHOWN:
            stream.write(f"{table}: {number - SHOWN} more. --bad-rows FILE writes them all.\n")


def write_left_behind(stream: TextIO, tables: list[tuple[str, int]], columns: list[str]) -> None:
    stream.writelines(
        f"Not carried: table {name} ({rows:,} rows), which no managed model has.\n" for name, rows in tables
    )
    stream.writelines(f"Not carried: column {name}, no model has it.\n" for name in columns)
