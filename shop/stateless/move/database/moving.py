"""The steps of a move, and what they say."""

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from shop.stateless.move.database import preparing, records, report
from shop.stateless.move.database.connecting import snapshot, version
from shop.stateless.move.database.copying import Copier, Digests, set_sequences
from shop.stateless.move.database.dangling import Keys, dangling, referring
from shop.stateless.move.database.estimate import Estimate, estimate
from shop.stateless.move.database.reading import count, digest
from shop.stateless.move.database.survey import BadRow, survey
from shop.stateless.move.database.tables import Table, groups, tables
from shop.stateless.move.problems import MoveError
from shop.stateless.move.progress import Progress, progress

EQUAL, DIFFERENT = 0, 1
SLOW = 2_000  # rows that take long enough to show how far they are


class Unseen(Progress):
    """The progress of work that is too short to be shown."""

    def advance(self, steps: int = 1) -> None:
        pass


class Move:
    """From `source` to `target`: the models of the database `alias`. Everything is said on `output`."""

    def __init__(self, source: Any, target: Any, alias: str, output: report.Output) -> None:
        self.source, self.target = source, target
        self.output, self.stream = output, output.stream
        self.groups = groups(tables(alias))
        self.tables = [table for group in self.groups for table in group]
        self.name = _name(source)
        self.digests: Digests = {}
        self.left_out: Keys = {}
        self.rows: dict[str, int] = {}

    def require_source(self) -> None:
        """Raise MoveError unless the source fits the code; say what is not carried."""
        preparing.require_migrated(self.source)
        columns = preparing.require_columns(self.tables, self.source)
        unknown = preparing.unknown_tables(self.tables, self.source)
        report.write_left_behind(self.stream, [(name, self._count(name)) for name in unknown], columns)

    def _count(self, name: str) -> int:
        with self.source.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {self.source.ops.quote_name(name)}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def require_target(self, *, empty: bool) -> None:
        """Raise MoveError if something at the target is in the way."""
        preparing.require_rights(self.target)
        preparing.require_known_migrations(self.target)
        records.lock(self.target)
        if not empty:
            preparing.require_ours(self.target, self.tables, self.name)

    def estimate(self) -> int:
        found: list[Estimate] = []
        with progress("Estimating", len(self.tables), self.stream) as bar:
            for table in self.tables:
                found.append(estimate(table, self.source, self.target))  # the bar
                bar.advance()
        report.write_estimates(self.stream, found)
        return EQUAL

    def check(self) -> int:
        bad = self._survey()
        self.output.bad(bad)
        self.stream.write(f"{len(bad)} bad rows.\n" if bad else "PostgreSQL takes every row. Nothing was written.\n")
        return DIFFERENT if bad else EQUAL

    def carry(self, *, leave_out: bool, empty: bool) -> int:
        """Move everything; return the exit code. Raises MoveError for bad rows, unless they are to be left out."""
        before, begun = version(self.source), time.monotonic()
        with snapshot(self.source):
            bad = self._survey()
            self.output.bad(bad)
            if bad and not leave_out:
                raise MoveError(_how_to_repair(len(bad)))
            self._leave_out(bad)
            self._prepare(empty=empty)
            copied = self._copy()
        same = self._compare(copied)
        changed = self._changed(before)
        self.stream.write(self._summary(copied, bad, changed, same=same, seconds=time.monotonic() - begun))
        return EQUAL if same and not bad and not changed else DIFFERENT

    def verify(self) -> int:
        """Compare both ends as they are now."""
        bad = self._survey()
        self.output.bad(bad)
        preparing.require_tables(self.tables, self.target)
        same = self._compare(self.tables)
        return EQUAL if same and not bad else DIFFERENT

    def _bar(self, what: str, rows: int) -> AbstractContextManager[Progress]:
        return progress(what, rows, self.stream) if rows >= SLOW else nullcontext(Unseen())

    def _survey(self) -> list[BadRow]:
        """Read all rows; remember the digests of the good ones."""
        bad: list[BadRow] = []
        for table in self.tables:
            self.rows[table.name] = count(table, self.source)
            with self._bar(f"Checking {table.name}", self.rows[table.name]) as bar:
                found = survey(table, self.source, self.target, bar)
            self.digests[table.name] = found.digest
            bad += found.bad
        return bad + list(dangling(self.tables, self.source))

    def _leave_out(self, bad: list[BadRow]) -> None:
        """Leave out bad rows, and the rows that refer to them; these are added to `bad`."""
        for row in bad:
            self.left_out.setdefault(row.table, set()).add(row.key)
        following = list(referring(self.tables, self.left_out, self.source))
        self.output.bad(following)
        bad += following
        for table in self.tables:
            if table.name in self.left_out:
                without = self.left_out[table.name]
                self.digests[table.name] = survey(table, self.source, self.target, without=without).digest

    def _prepare(self, *, empty: bool) -> None:
        if empty or not records.exists(self.target):
            records.create(self.target, self.name)
        preparing.migrate(self.target, self.tables, self.stream)
        preparing.empty(self.target, self.tables)

    def _copy(self) -> list[Table]:
        """Copy what is not there yet; return these tables."""
        recorded = records.read(self.target)
        copier = Copier(self.source, self.target, self.digests, self.left_out)
        waiting = self._waiting(recorded)
        for group in waiting:
            name = ", ".join(table.name for table in group)
            with self._bar(f"Copying {name}", sum(self.rows[table.name] for table in group)) as bar:
                copier.copy(group, bar)
        set_sequences(self.source, self.target, self.tables)
        return [table for group in waiting for table in group]

    def _waiting(self, recorded: dict[str, records.Record]) -> list[list[Table]]:
        """Return the groups to copy.

        If the source changed since an earlier run, rows that are gone may be referred to by tables that come later:
        then all that is left goes in one transaction.
        """
        done = {name for name, record in recorded.items() if record.copied and record.agrees(self.digests[name])}
        waiting = [group for group in self.groups if not done.issuperset(table.name for table in group)]
        again = any(recorded[table.name].copied for group in waiting for table in group)
        return [[table for group in waiting for table in group]] if again else waiting

    def _compare(self, copied: list[Table]) -> bool:
        """Read the target and show a table of both ends. What an earlier run copied was compared at the start."""
        lines, same = [], True
        for table in self.tables:
            wanted = found = self.digests[table.name]
            if table in copied:
                with self._bar(f"Comparing {table.name}", wanted.rows) as bar:
                    found = digest(table, self.target, self.target, bar)
            equal = found == wanted
            same &= equal
            lines.append((table.name, f"{wanted.rows:,}", f"{found.rows:,}", "equal" if equal else "DIFFERENT"))
        report.write_table(self.stream, "Source and target", ("table", "source", "target", "checksums"), lines)
        return same

    def _changed(self, before: int | None) -> list[str]:
        """Return the tables of the source that others have written to since the move began."""
        if before is not None and version(self.source) == before:
            return []
        return [
            table.name
            for table in self.tables
            if survey(table, self.source, self.target, without=self.left_out.get(table.name, ())).digest
            != self.digests[table.name]
        ]

    def _summary(
        self, copied: list[Table], bad: list[BadRow], changed: list[str], *, same: bool, seconds: float
    ) -> str:
        rows = sum(self.digests[table.name].rows for table in copied)
        text = f"{len(copied)} tables with {rows:,} rows copied in {report.duration(seconds)}"
        text += f", {len(self.tables) - len(copied)} were complete already.\n"
        if bad:
            text += f"{len({(row.table, row.key) for row in bad})} bad rows were left out; they are named above.\n"
        if changed:
            text += (
                f"The source changed during the move: {preparing.listed(changed)}. Stop everything that writes to it "
                "and run this again; only these tables are copied again.\n"
            )
        return text + ("Every row that was carried is equal.\n" if same else "Some tables differ.\n")


def _name(source: Any) -> str:
    settings = source.settings_dict
    if source.vendor == "sqlite":
        return f"SQLite {str(settings['NAME']).removeprefix('file://').removesuffix('?mode=ro')}"
    return f"{source.display_name} {settings['NAME']} at {settings['HOST'] or 'the local socket'}"


def _how_to_repair(number: int) -> str:
    return (
        f"{number} places in the source are not what PostgreSQL takes; they are named above. Nothing was changed. "
        "Repair them in the source, or give --on-bad-row report to leave these rows out."
    )
