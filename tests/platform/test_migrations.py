"""A migration runs while pods of the release before serve: it may add, and must not take away or lock for long."""

from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class

ROOT = Path(__file__).resolve().parents[2]


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
