"""Foreign keys of the source that lead to no row. SQLite keeps them; PostgreSQL does not."""

from collections.abc import Collection, Iterator
from typing import Any

from shop.stateless.move.database.limits import shown
from shop.stateless.move.database.reading import Row
from shop.stateless.move.database.survey import BadRow
from shop.stateless.move.database.tables import Reference, Table

Keys = dict[str, set[Row]]  # table → primary keys, as the driver gives them
_AT_ONCE = 500


def dangling(tables: list[Table], source: Any) -> Iterator[BadRow]:
    """Yield every row that refers to a row which does not exist."""
    known = {table.name for table in tables}
    for table in tables:
        for reference in table.references:
            if reference.to_table in known:
                yield from _dangling(table, reference, source)


def _dangling(table: Table, reference: Reference, source: Any) -> Iterator[BadRow]:
    quote = source.ops.quote_name
    column, key = quote(reference.column), _key(table, source, "child")
    with source.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, child.{column} FROM {quote(table.name)} child WHERE child.{column} IS NOT NULL "  # noqa: S608
            f"AND NOT EXISTS (SELECT 1 FROM {quote(reference.to_table)} parent "
            f"WHERE parent.{quote(reference.to_column)} = child.{column})"
        )
        for *key_of_row, value in cursor.fetchall():
            if value != "":  # Django reads it as no reference
                text = f"refers to {reference.to_table} {shown(value)}, which does not exist; repair or delete the row"
                yield BadRow(table.name, tuple(key_of_row), reference.column, text)


def _key(table: Table, source: Any, name: str) -> str:
    return ", ".join(f"{name}.{source.ops.quote_name(table.columns[index])}" for index in table.key)


def referring(tables: list[Table], left_out: Keys, source: Any) -> Iterator[BadRow]:
    """Yield the rows that refer to rows which are left out; add them to `left_out`, until there are no more."""
    waiting = {name: set(keys) for name, keys in left_out.items()}
    while waiting:
        following: Keys = {}
        for table in tables:
            for reference in table.references:
                for bad in _referring(table, reference, waiting.get(reference.to_table, ()), tables, source):
                    if bad.key not in left_out.setdefault(table.name, set()):
                        left_out[table.name].add(bad.key)
                        following.setdefault(table.name, set()).add(bad.key)
                        yield bad
        waiting = following


def _referring(
    table: Table, reference: Reference, gone: Collection[Row], tables: list[Table], source: Any
) -> Iterator[BadRow]:
    keys = list(gone)
    if not keys:
        return
    parent = next(one for one in tables if one.name == reference.to_table)
    quote = source.ops.quote_name
    one = " AND ".join(f"{part} = %s" for part in _key(parent, source, "parent").split(", "))
    joined = f"parent.{quote(reference.to_column)} = child.{quote(reference.column)}"
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        with source.cursor() as cursor:
            cursor.execute(
                f"SELECT {_key(table, source, 'child')}, child.{quote(reference.column)} "  # noqa: S608
                f"FROM {quote(table.name)} child JOIN {quote(parent.name)} parent ON {joined} "
                f"WHERE {' OR '.join([f'({one})'] * len(some))}",
                [part for key in some for part in key],
            )
            for *key_of_row, value in cursor.fetchall():
                text = f"refers to {parent.name} {shown(value)}, which is left out"
                yield BadRow(table.name, tuple(key_of_row), reference.column, text)
