"""Before rows move: may we write there, is nothing else in the way, and do both ends have the schema of the code?"""

from collections.abc import Iterable
from typing import Any, TextIO

from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.migrations.executor import MigrationExecutor

from shop.stateless.move.database import records
from shop.stateless.move.database.connecting import first_line
from shop.stateless.move.database.digest import Digest
from shop.stateless.move.database.reading import digest
from shop.stateless.move.database.tables import Table
from shop.stateless.move.problems import MoveError

MIGRATIONS = "django_migrations"
_ROWS_OF_OTHERS = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""


def require_migrated(source: Any) -> None:
    """Raise MoveError unless the source has all migrations of the code."""
    executor = MigrationExecutor(source)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{step.app_label}.{step.name}" for step, _ in plan]
    if missing:
        raise MoveError(
            f"The source lacks {len(missing)} migrations of this code, the first is {missing[0]}. Run manage.py "
            "migrate on it first, or move with the release that it belongs to."
        )


def require_columns(tables: Iterable[Table], source: Any) -> list[str]:
    """Return the columns that no model knows, as "table.column". Raises MoveError for what a model expects in vain."""
    left = []
    with source.cursor() as cursor:
        there = set(source.introspection.table_names(cursor))
        for table in tables:
            if table.name not in there:
                raise MoveError(f"The source has no table {table.name}, which the code expects. Run manage.py migrate.")
            found = {column.name for column in source.introspection.get_table_description(cursor, table.name)}
            lacking = sorted(set(table.columns) - found)
            if lacking:
                raise MoveError(f"The source has no column {table.name}.{lacking[0]}, which the code expects.")
            known = {field.column for field in table.model._meta.local_concrete_fields}
            left += [f"{table.name}.{name}" for name in sorted(found - known)]
    return left


def unknown_tables(tables: Iterable[Table], source: Any) -> list[str]:
    """Return the tables of the source that belong to no managed model: they are not carried."""
    known = {table.name for table in tables} | {MIGRATIONS}
    with source.cursor() as cursor:
        names = source.introspection.table_names(cursor, include_views=False)
    return sorted(name for name in names if name not in known and not name.startswith("sqlite_"))


def require_rights(target: Any) -> None:
    with target.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        user, schema = cursor.fetchone()
        if schema is None:
            raise MoveError(f'No schema of the search path exists for "{user}". Create one, or set search_path.')
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        if not cursor.fetchone()[0]:
            raise MoveError(
                f'"{user}" may not create tables in schema "{schema}" of the target. As its owner run: '
                f'GRANT CREATE ON SCHEMA "{schema}" TO "{user}".'
            )


def require_known_migrations(target: Any) -> None:
    """Raise MoveError if the target was migrated by newer code than this."""
    loader = MigrationExecutor(target).loader
    on_disk = set(loader.disk_migrations)
    newer = sorted(key for key in loader.applied_migrations if key[0] in loader.migrated_apps and key not in on_disk)
    if newer:
        name = ".".join(newer[0])
        raise MoveError(f"The target has migration {name}, which this code does not know. Use the newer code.")


def require_ours(target: Any, tables: list[Table], source: str) -> None:
    """Raise MoveError if the target holds rows that no move from this source has put there."""
    if not records.exists(target):
        return _require_no_rows(target)
    begun = records.source_of(target)
    if begun != source:
        raise MoveError(f"The target holds a move from {begun}, not from {source}. Give --empty to begin anew.")
    recorded = records.read(target)
    strange = [table.name for table in tables if _is_strange(target, table, recorded)]
    if strange:
        raise MoveError(
            f"Rows of the target were changed after they were copied, in {listed(strange)}. If the store runs on the "
            "target already, the move is over. Give --empty to delete all rows there and begin anew."
        )
    return None


def _is_strange(target: Any, table: Table, recorded: dict[str, records.Record]) -> bool:
    record = recorded.get(table.name)
    return record is not None and not record.agrees(digest(table, target, target))


def _require_no_rows(target: Any) -> None:
    with target.cursor() as cursor:
        cursor.execute(_ROWS_OF_OTHERS)
        names = [name for (name,) in cursor.fetchall()]
        filled = []
        for name in names:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {target.ops.quote_name(name)})")  # noqa: S608
            if cursor.fetchone()[0]:
                filled.append(name)
    if filled:
        raise MoveError(
            f"The target has rows already, in {listed(filled)}. Name an empty database, or give --empty to delete all "
            "rows of this project's tables there."
        )


def missing_tables(tables: list[Table], target: Any) -> list[str]:
    with target.cursor() as cursor:
        there = set(target.introspection.table_names(cursor))
    return [table.name for table in tables if table.name not in there]


def require_tables(tables: list[Table], target: Any) -> None:
    missing = missing_tables(tables, target)
    if missing:
        raise MoveError(f"The target has no {listed(missing)}. Move the rows first.")


def migrate(target: Any, tables: list[Table], stream: TextIO) -> None:
    """Make the tables by the project's own migrations. Raises MoveError with the reason if one fails."""
    executor = MigrationExecutor(target)
    try:
        if executor.migration_plan(executor.loader.graph.leaf_nodes()) or missing_tables(tables, target):
            call_command(
                "migrate", database=target.alias, interactive=False, run_syncdb=True, skip_checks=True, stdout=stream
            )
    except (DatabaseError, CommandError) as error:
        raise MoveError(
            f"Migrating the target failed: {first_line(error)}. Nothing was copied; the source is unchanged. Repair "
            "the migration or its rights, then run this again."
        ) from error


def empty(target: Any, tables: list[Table]) -> None:
    """Delete what is in tables that have no record yet: what migrations made, or anything after --empty."""
    known = records.read(target)
    fresh = [table for table in tables if table.name not in known]
    if not fresh:
        return
    names = ", ".join(target.ops.quote_name(table.name) for table in fresh)
    try:
        with transaction.atomic(using=target.alias), target.cursor() as cursor:
            cursor.execute(f"TRUNCATE {names}")
            for table in fresh:
                records.write(target, table.name, Digest(), copied=False)
    except DatabaseError as error:
        raise MoveError(f"The tables of the target cannot be emptied: {first_line(error)}.") from error


def listed(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
