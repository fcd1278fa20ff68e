"""Reading a table page by page, in the order of its key: constant memory, and no cursor that stays open."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.move.database.digest import Digest
from shop.stateless.move.database.tables import Table
from shop.stateless.move.database.values import Column
from shop.stateless.move.problems import MoveError
from shop.stateless.move.progress import Progress

FIRST_PAGE, LARGEST_PAGE = 200, 5_000  # rows
PAGE_BYTES = 8_000_000
Row = tuple[Any, ...]


def pages(table: Table, connection: Any) -> Iterator[list[Row]]:
    """Yield the rows of a table as the driver gives them, in pages of about PAGE_BYTES."""
    limit, after = FIRST_PAGE, None
    while True:
        page = _page(table, connection, after, limit)
        if page:
            yield page
        if len(page) < limit:
            return
        after = table.key_of(page[-1])
        limit = max(1, min(LARGEST_PAGE, limit * PAGE_BYTES // max(size(page), 1)))


def _page(table: Table, connection: Any, after: Row | None, limit: int) -> list[Row]:
    quoted = [connection.ops.quote_name(column) for column in table.columns]
    key = ", ".join(quoted[index] for index in table.key)
    marks = ", ".join(["%s"] * len(table.key))
    where = f" WHERE ({key}) > ({marks})" if after else ""
    name = connection.ops.quote_name(table.name)
    sql = f"SELECT {', '.join(quoted)} FROM {name}{where} ORDER BY {key} LIMIT {limit}"  # noqa: S608
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql, after)
        except UnicodeEncodeError as error:
            raise MoveError(
                f"The primary key {after} of {table.name} is not UTF-8. Change it in the source."
            ) from error
        return list(cursor.fetchall())


def size(page: list[Row]) -> int:
    """Return about how many bytes the rows have as text."""
    return sum(
        len(value) if isinstance(value, str | bytes | memoryview) else 8 for row in page for value in row if value
    ) + len(page) * len(page[0])


def count(table: Table, connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table.name)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def columns(table: Table, connection: Any, target: Any) -> list[Column]:
    return [Column(field, connection, target) for field in table.fields]


def digest(table: Table, connection: Any, target: Any, bar: Progress | None = None) -> Digest:
    """Return the checksum of the table as this connection sees it. Raises what fields raise for unreadable values."""
    result, cells = Digest(), columns(table, connection, target)
    for page in pages(table, connection):
        for row in page:
            result.add(canonical(cells, row))
        if bar:
            bar.advance(len(page))
    return result


def canonical(cells: list[Column], row: Row) -> Row:
    return tuple(_canonical(column, raw) for column, raw in zip(cells, row, strict=True))


def _canonical(column: Column, raw: Any) -> Any:
    value = column.python(raw)
    return column.canonical(value, column.prepared(value))
