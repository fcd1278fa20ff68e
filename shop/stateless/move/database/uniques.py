"""Rows that are different for SQLite or MySQL and the same for a unique constraint of PostgreSQL.

SQLite's lower() knows ASCII only, its citext is plain text, and it keeps one moment or number in several spellings.
"""

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from django.db.models import CharField, F, IntegerField, TextField, UniqueConstraint
from django.db.models.functions import Lower, Upper

from shop.stateless.move.database.tables import Table
from shop.stateless.move.database.values import stored_field

Part = tuple[int, bool]  # position of the column, whether case does not count


class Uniques:
    """Remembers, in a temporary file if need be, what the constraints of a table have seen. To be closed."""

    def __init__(self, table: Table, target: Any) -> None:
        self._names = table.columns
        self._sets = [parts for parts in _sets(table, target) if _may_be_stricter(table, parts)]
        self._seen = sqlite3.connect("")
        self._seen.execute("CREATE TABLE seen (hash BLOB PRIMARY KEY) WITHOUT ROWID")

    def repeated(self, row: list[Any]) -> Iterator[tuple[str, str]]:
        """Yield (columns, text) for each constraint that has seen these canonical values before."""
        for number, parts in enumerate(self._sets):
            values = [_folded(row[index]) if folds else row[index] for index, folds in parts]
            if None not in values and not self._is_new(number, values):
                columns = ", ".join(self._names[index] for index, _ in parts)
                case = " but for upper and lower case" if any(folds for _, folds in parts) else ""
                yield columns, f"is the same as in an earlier row{case}; change one of them"

    def close(self) -> None:
        self._seen.close()

    def _is_new(self, number: int, values: list[Any]) -> bool:
        text = repr((number, values)).encode("utf-8", "surrogatepass")
        made = self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", [blake2b(text, digest_size=16).digest()])
        return made.rowcount == 1


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _sets(table: Table, target: Any) -> Iterator[list[Part]]:
    """Yield the columns of each unique constraint that holds for all rows."""
    options = table.model._meta
    positions = {field.name: index for index, field in enumerate(table.fields)}
    names = [[field.name] for field in table.fields if field.unique]
    names += [list(names) for names in options.unique_together]
    names += [list(one.fields) for one in _constraints(table) if one.fields]
    for group in names:
        if all(name in positions for name in group):
            yield [(positions[name], _folds(table, positions[name], target)) for name in group]
    for constraint in _constraints(table):
        parts = [_part(table, expression, target) for expression in constraint.expressions]
        if parts and None not in parts:
            yield [part for part in parts if part]


def _constraints(table: Table) -> list[UniqueConstraint]:
    found = [one for one in table.model._meta.constraints if isinstance(one, UniqueConstraint)]
    return [one for one in found if not one.condition]


def _folds(table: Table, index: int, target: Any) -> bool:
    return table.fields[index].db_type(connection=target) == "citext"


def _part(table: Table, expression: Any, target: Any) -> Part | None:
    """Return the column of F("name"), Lower("name") or Upper("name"), None for anything else."""
    inner: Any = expression.get_source_expressions()[0] if isinstance(expression, Lower | Upper) else expression
    names = [field.name for field in table.fields]
    name = getattr(inner, "name", "") if isinstance(inner, F) else ""
    if name not in names:
        return None
    index = names.index(name)
    return index, inner is not expression or _folds(table, index, target)


def _may_be_stricter(table: Table, parts: list[Part]) -> bool:
    """Return whether two rows that the source takes for different may be equal: plain text and integers may not."""
    exact = (CharField, TextField, IntegerField)
    return any(folds or not isinstance(stored_field(table.fields[index]), exact) for index, folds in parts)
