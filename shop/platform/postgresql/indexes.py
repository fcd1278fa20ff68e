"""Indexes that are built while pods serve, by migrations that may be killed at any moment."""

from typing import Any

from django.contrib.postgres import operations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """Django's, which may be stopped and run again.

    PostgreSQL keeps what a stopped CREATE INDEX CONCURRENTLY leaves: an index that is not valid, and has to be dropped.
    A migration with several of them begins again with the first, which is there already.
    Source: "Building Indexes Concurrently" in PostgreSQL's documentation of CREATE INDEX.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        is_valid = _is_valid(schema_editor, self.index.name)
        if is_valid:
            return
        if is_valid is False:
            self._ensure_not_in_transaction(schema_editor)
            name = schema_editor.quote_name(self.index.name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def _is_valid(schema_editor: BaseDatabaseSchemaEditor, name: str) -> bool | None:
    """Return None if there is no such index, or if statements are only shown, and not run (`sqlmigrate`)."""
    if schema_editor.collect_sql:
        return None
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(IS_VALID, [schema_editor.quote_name(name)])
        found = cursor.fetchone()
    return bool(found[0]) if found else None
