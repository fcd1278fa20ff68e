"""Reading all rows of the source once, before anything is written: what is there, and what PostgreSQL would refuse."""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from shop.stateless.move.database.connecting import first_line
from shop.stateless.move.database.digest import Digest
from shop.stateless.move.database.limits import Limits, shown
from shop.stateless.move.database.reading import Row, columns, pages
from shop.stateless.move.database.tables import Table
from shop.stateless.move.database.uniques import Uniques
from shop.stateless.move.database.values import Column, Unreadable
from shop.stateless.move.progress import Progress


@dataclass(frozen=True)
class BadRow:
    """`text` goes on after the name of the column."""

    table: str
    key: Row
    column: str
    text: str

    @property
    def shown_key(self) -> str:
        return ", ".join(shown(part) for part in self.key)

    def __str__(self) -> str:
        return f"{self.table}, row {self.shown_key}: {self.column} {self.text}."


@dataclass
class Surveyed:
    """What one pass over a table found. The digest is that of the rows that are good."""

    digest: Digest = field(default_factory=Digest)
    bad: list[BadRow] = field(default_factory=list)


def survey(
    table: Table, source: Any, target: Any, bar: Progress | None = None, *, without: Collection[Row] = ()
) -> Surveyed:
    """Read a table, but for the rows with the keys in `without`."""
    result, cells = Surveyed(), _Cells(table, source, target)
    with closing(Uniques(table, target)) as uniques:
        for page in pages(table, source):
            for row in page:
                key = table.key_of(row)
                if key not in without:
                    _look(cells, uniques, key, row, result)
            if bar:
                bar.advance(len(page))
    return result


class _Cells:
    def __init__(self, table: Table, source: Any, target: Any) -> None:
        self.table = table.name
        self.cells = [(column, Limits(column, target)) for column in columns(table, source, target)]


def _look(cells: _Cells, uniques: Uniques, key: Row, row: Row, result: Surveyed) -> None:
    found: list[Any] = []
    bad = [*_bad_cells(cells, key, row, found)]
    bad += [BadRow(cells.table, key, *again) for again in ([] if bad else uniques.repeated(found))]
    if bad:
        result.bad += bad
    else:
        result.digest.add(tuple(found))


def _bad_cells(cells: _Cells, key: Row, row: Row, found: list[Any]) -> Iterator[BadRow]:
    """Yield what is wrong with the row; append its canonical values to `found`."""
    for (column, limits), raw in zip(cells.cells, row, strict=True):
        text = _read(column, limits, raw, found)
        if text:
            yield BadRow(cells.table, key, column.name, text)


def _read(column: Column, limits: Limits, raw: Any, found: list[Any]) -> str | None:
    try:
        value = column.python(raw)
        prepared = column.prepared(value)
        text = limits.problem(raw, value, prepared)
        if text is None:
            found.append(column.canonical(value, prepared))
    except Unreadable as error:
        return f"is {shown(raw)}, which {error}"
    except Exception as error:  # noqa: BLE001  # fields of others may raise anything
        return f"is {shown(raw)}, which cannot be read as {column.kind}{_reason(error)}"
    return text


def _reason(error: Exception) -> str:
    """Return why, if the field says it in words for people."""
    messages = getattr(error, "messages", None) or [first_line(error)]
    return f" ({'; '.join(messages)})" if isinstance(error, ValidationError | ValueError) else ""
