"""Writing rows to PostgreSQL by COPY, each group of tables in one transaction together with its record."""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.management.color import no_style
from django.db import Error, transaction

from shop.stateless.move.database import records
from shop.stateless.move.database.connecting import first_line
from shop.stateless.move.database.dangling import Keys
from shop.stateless.move.database.digest import Digest
from shop.stateless.move.database.reading import Row, columns, pages
from shop.stateless.move.database.tables import Table
from shop.stateless.move.database.values import Column
from shop.stateless.move.problems import MoveError
from shop.stateless.move.progress import Progress

Digests = dict[str, Digest]
_RAISE_SEQUENCE = """
    SELECT setval(s::regclass, greatest(%s, nextval(s::regclass) - 1))
    FROM pg_get_serial_sequence(%s, %s) s WHERE s IS NOT NULL
"""


class Copier:
    """Copies from `source` to `target` what the survey found good."""

    def __init__(self, source: Any, target: Any, digests: Digests, left_out: Keys) -> None:
        self._source, self._target = source, target
        self._digests, self._left_out = digests, left_out

    def copy(self, group: list[Table], bar: Progress) -> None:
        """Replace the rows of these tables. Raises MoveError if PostgreSQL refuses or goes away: then none changed."""
        name = ", ".join(table.name for table in group)
        try:
            with transaction.atomic(using=self._target.alias):
                self._replace(group, bar)
        except Error as error:
            raise MoveError(
                f"The target refused {name}: {explained(error)}. These tables are as they were before; those copied "
                "earlier stay. Put this right and run the same command again: it goes on from here."
            ) from error

    def _replace(self, group: list[Table], bar: Progress) -> None:
        with self._target.cursor() as cursor:
            triggered = [table for table in group if self._has_triggers(cursor, table)]
            self._switch_triggers(cursor, triggered, "DISABLE")
            for table in reversed(group):
                cursor.execute(f"DELETE FROM {self._quoted(table.name)}")  # noqa: S608
            for table in group:
                self._write(cursor, table, bar)
                records.write(self._target, table.name, self._digests[table.name], copied=True)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._switch_triggers(cursor, triggered, "ENABLE")

    def _has_triggers(self, cursor: Any, table: Table) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal)"
        cursor.execute(sql, [self._quoted(table.name)])
        return bool(cursor.fetchone()[0])

    def _switch_triggers(self, cursor: Any, tables: list[Table], verb: str) -> None:
        """The rows are as the triggers of the project left them: they must not act on them again."""
        for table in tables:
            cursor.execute(f"ALTER TABLE {self._quoted(table.name)} {verb} TRIGGER USER")

    def _write(self, cursor: Any, table: Table, bar: Progress) -> None:
        cells = columns(table, self._source, self._target)
        names = ", ".join(self._quoted(column) for column in table.columns)
        sql = f"COPY {self._quoted(table.name)} ({names}) FROM STDIN"
        with self._target.wrap_database_errors, cursor.copy(sql) as copy:
            for page in pages(table, self._source):
                for row in _kept(table, page, self._left_out.get(table.name, ())):
                    copy.write_row(_prepared(cells, row))
                bar.advance(len(page))

    def _quoted(self, name: str) -> str:
        return str(self._target.ops.quote_name(name))


def _kept(table: Table, page: list[Row], without: Collection[Row]) -> Iterator[Row]:
    for row in page:
        if not without or table.key_of(row) not in without:
            yield row


def _prepared(cells: list[Column], row: Row) -> Row:
    return tuple(column.prepared(column.python(raw)) for column, raw in zip(cells, row, strict=True))


def set_sequences(source: Any, target: Any, tables: list[Table]) -> None:
    """Let the next row of each table get an id that no row has, or ever had as far as the source remembers."""
    models = [table.model for table in tables]
    given = _given_ids(source)
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        for table in tables:
            if table.name in given:
                name, column = target.ops.quote_name(table.name), table.columns[table.key[0]]
                cursor.execute(_RAISE_SEQUENCE, [given[table.name], name, column])


def _given_ids(source: Any) -> dict[str, int]:
    """Return {table: highest id ever given} where SQLite keeps it: ids of deleted rows must not come back."""
    with source.cursor() as cursor:
        if source.vendor != "sqlite" or "sqlite_sequence" not in _all_tables(cursor):
            return {}
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return {name: int(given) for name, given in cursor.fetchall() if given}


def _all_tables(cursor: Any) -> set[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in cursor.fetchall()}


def explained(error: Error) -> str:
    """Return PostgreSQL's own words, with the place in the data if it names one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    parts = [first_line(error)]
    if diagnosis is not None:
        parts += [text.rstrip(".") for text in (diagnosis.message_detail, diagnosis.context) if text]
    return "; ".join(part.splitlines()[0] for part in parts)
