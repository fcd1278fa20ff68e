"""Statements of the busiest requests: PostgreSQL plans each once for a connection, and not for every request.

Planning a join of seven tables costs more than running it. The results' types have to be those that the text names
(`title::text`, `price::numeric`): a migration that widens a column while pods keep their connections would else break
each with "cached plan must not change result type".
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

NAMED = re.compile(r"%%|%\((\w+)\)s")
BESIDE = "beside_"  # ahead of the names of its columns, as both tables may have one of a name


class PlannedCursor(psycopg.RawCursor[Any]):
    """Keeps the plan of whatever it runs; for texts that are the same in every request."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        text, names = _numbered(query)
        return super().execute(text, [params[name] for name in names], **{**options, "prepare": True})


@functools.lru_cache(maxsize=500)  # per-pod: a calculation from its argument
def _numbered(statement: str) -> tuple[bytes, list[str]]:
    """Return a statement with $1 for the first parameter's name and so on, and the names.

    psycopg would read a long one each time, encode it, and look through it for the plan that it has of it.
    """
    names = list(dict.fromkeys(name for name in NAMED.findall(statement) if name))
    text = NAMED.sub(lambda found: f"${names.index(found[1]) + 1}" if found[1] else "%", statement)
    return text.encode(), names


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement, inside the caller's transaction if there is one, and return what it returns.

    Seen by all that watches Django's cursors: tests that count, logs, traces. Raises Django's database errors.
    """
    django: Any = connections[DEFAULT_DB_ALIAS]  # once: `connection` looks for it at each name
    django.close_if_health_check_failed()
    django.ensure_connection()
    with django._prepare_cursor(PlannedCursor(django.connection)) as watched:
        watched.execute(statement, parameters)
        found: list[tuple[Any, ...]] = watched.cursor.fetchall()  # all of it has come with the answer
    return found


def anew(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """As rows(), planned each time: of a table that was empty when the plan was made, a kept one reads every row when
    it is full.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@dataclass(frozen=True)
class Beside:
    """New rows of one model that another statement writes, too, if `where`, a condition on their columns, is true.

    Without keys: nobody learns what was written.
    """

    new: Sequence[Model]
    where: str


def insert(new: Sequence[Model], *, beside: Beside | None = None) -> None:
    """Write new rows of one model by one statement, and give those their primary keys that have none.

    Either all of them have one or none has. For models without arrays. Like bulk_create() it calls no save() and sends
    no signal; it fills in what fields fill in when they are saved. Raises IntegrityError.
    """
    if not new:
        return
    model, keyed = type(new[0]), new[0].pk is not None
    statement, columns = _insertion(model, keyed), _columns(new, keyed)
    if beside and beside.new:
        statement = f"WITH beside AS ({_of_beside(type(beside.new[0]), beside.where)}) {statement}"
        columns |= _columns(beside.new, False, prefix=BESIDE)
    for row, (key,) in zip(new, rows(statement, columns), strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def insert_if(beside: Beside) -> int:
    """Write the rows by a statement of their own; return how many were written."""
    if not beside.new:
        return 0
    return len(rows(_of_beside(type(beside.new[0]), beside.where), _columns(beside.new, False, prefix=BESIDE)))


def _columns(new: Sequence[Model], keyed: bool, prefix: str = "") -> dict[str, list[Any]]:
    fields = _fields(type(new[0]), keyed)
    return {f"{prefix}{field.column}": [_value(field, row) for row in new] for field in fields}


def _value(field: Any, row: Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)


@functools.cache  # per-pod: texts of this release
def _fields(model: type[Model], keyed: bool) -> list[Any]:
    fields: list[Any] = list(model._meta.concrete_fields)
    return [field for field in fields if keyed or not field.primary_key]


def _of_beside(model: type[Model], where: str) -> str:
    return _insertion(model, False, f"WHERE {where}", BESIDE)


@functools.cache  # per-pod: texts of this release
def _insertion(model: type[Model], keyed: bool, where: str = "", prefix: str = "") -> str:
    """One array for each column, so that the text is the same for any number of rows."""
    table, key = model._meta.db_table, model._meta.pk.column
    names = [field.column for field in _fields(model, keyed)]
    arrays = ", ".join(f"%({prefix}{field.column})s::{_type(field)}[]" for field in _fields(model, keyed))
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM unnest({arrays}) '  # noqa: S608 - names of ours
        f'WITH ORDINALITY AS new ({columns}, "ordinality") {where} ORDER BY "ordinality" RETURNING "{key}"'
    )


def _type(field: Any) -> str:
    """Without a length: a cast to varchar(12) would cut what the column has to refuse."""
    return str(field.db_type(connection)).partition("(")[0]
