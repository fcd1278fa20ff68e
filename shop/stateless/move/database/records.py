"""What the target remembers of a move: one row for each table, written in the same transaction as its rows."""

from dataclasses import dataclass
from typing import Any

from shop.stateless.move.database.digest import Digest
from shop.stateless.move.problems import MoveError

TABLE = "stateless_move"
LOCK = 7_310_552_604_118_260_229  # any number that nobody else uses


@dataclass(frozen=True)
class Record:
    """What was left in a table. `copied` is false while it is still as empty as we made it."""

    rows: int
    checksum: str
    copied: bool

    def agrees(self, digest: Digest) -> bool:
        return (self.rows, self.checksum) == (digest.rows, digest.checksum)


def lock(target: Any) -> None:
    """Keep other moves away from this target until the connection ends. Raises MoveError if there is one."""
    with target.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise MoveError("Another move to this target is running. Wait for its end.")


def exists(target: Any) -> bool:
    with target.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        return bool(cursor.fetchone()[0])


def create(target: Any, source: str) -> None:
    """Begin a move: remember where the rows come from."""
    with target.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TABLE {TABLE} (table_name text PRIMARY KEY, row_count bigint NOT NULL, checksum text NOT NULL, "
            "copied boolean NOT NULL, written_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor.execute("SELECT format('COMMENT ON TABLE stateless_move IS %%L', %s::text)", [source])
        cursor.execute(cursor.fetchone()[0])


def source_of(target: Any) -> str:
    with target.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [TABLE])
        return str(cursor.fetchone()[0] or "")


def read(target: Any) -> dict[str, Record]:
    with target.cursor() as cursor:
        cursor.execute(f"SELECT table_name, row_count, checksum, copied FROM {TABLE}")  # noqa: S608
        return {name: Record(rows, checksum, copied) for name, rows, checksum, copied in cursor.fetchall()}


def write(target: Any, table: str, digest: Digest, *, copied: bool) -> None:
    with target.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (table_name, row_count, checksum, copied) VALUES (%s, %s, %s, %s) "  # noqa: S608
            "ON CONFLICT (table_name) DO UPDATE SET row_count = EXCLUDED.row_count, checksum = EXCLUDED.checksum, "
            "copied = EXCLUDED.copied, written_at = now()",
            [table, digest.rows, digest.checksum, copied],
        )
