"""A migration runs while pods of the release before serve: it may add, and must not take away or lock for long."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class

from shop.platform.postgresql import indexes

ROOT = Path(__file__).resolve().parents[2]
INDEX = ("payments", "0003_index_to_void")
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'payment_to_void'::regclass"


def linter() -> MigrationLinter:
    """Says of each migration what PostgreSQL would be told, and whether old pods bear it. Writes no cache."""
    return MigrationLinter(
        path=str(ROOT),
        include_apps=[path.parent.name for path in ROOT.glob("shop/*/migrations")],
        ignore_initial_migrations=True,
        no_cache=True,
        no_output=True,
        all_warnings_as_errors=True,
    )


@pytest.mark.django_db(transaction=True)  # to show what an index built beside the traffic would be
def test_migrations_of_the_store_leave_the_release_before_running():
    found = linter()
    found.lint_all_migrations()
    assert found.nb_total, "no migration was looked at"
    assert not found.has_errors, [found.nb_erroneous, found.nb_warnings]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE platform_outboxmessage DROP COLUMN last_error CASCADE;",
        "ALTER TABLE platform_outboxmessage RENAME COLUMN topic TO kind;",
        "ALTER TABLE platform_outboxmessage ADD COLUMN weight integer NOT NULL;",
        "CREATE INDEX some_index ON platform_outboxmessage (topic);",
    ],
)
def test_what_old_pods_or_large_tables_would_not_bear_is_found(statement):
    errors, _ignored, warnings = analyse_sql_statements(get_sql_analyser_class("postgresql"), [statement])
    assert errors or warnings


def apply(executor: MigrationExecutor, migration: Migration) -> None:
    """As `migrate` does, but for writing down that it was done: as if it was killed just before."""
    before = executor.loader.project_state((migration.app_label, migration.name), at_end=False)
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(before, editor)


def value(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_migrations_without_a_transaction_can_be_killed_and_run_again():
    executor = MigrationExecutor(connection)
    ours = [each for each in executor.loader.disk_migrations.values() if each.__module__.startswith("shop.")]
    open_ended = [migration for migration in ours if not migration.atomic]
    assert len(open_ended) >= 7
    for migration in open_ended:
        apply(executor, migration)


@pytest.mark.django_db(transaction=True)
def test_an_index_whose_building_was_stopped_is_built_anew():
    executor = MigrationExecutor(connection)
    migration = executor.loader.disk_migrations[INDEX]
    left = "CREATE UNIQUE INDEX CONCURRENTLY payment_to_void ON {} (n)"
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payment_to_void")
        cursor.execute("CREATE TABLE twice AS SELECT 1 AS n FROM generate_series(1, 2)")
        try:
            with pytest.raises(DatabaseError, match="is duplicated"):
                cursor.execute(left.format("twice"))
            assert value(VALID) is False
            apply(executor, migration)
        finally:
            cursor.execute("DROP TABLE twice")
    assert value(VALID) is True
    assert "checked_at" in str(value("SELECT pg_get_indexdef('payment_to_void'::regclass)"))


@pytest.mark.django_db(transaction=True)
def test_what_builds_an_index_can_be_shown_without_building_it():
    executor = MigrationExecutor(connection)
    migration = executor.loader.disk_migrations[INDEX]
    assert any(isinstance(operation, indexes.AddIndexConcurrently) for operation in migration.operations)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(executor.loader.project_state(INDEX, at_end=False), editor, collect_sql=True)
    assert any("CREATE INDEX CONCURRENTLY" in line for line in editor.collected_sql)
