"""What must be true of stored data, and how to find what breaks it.

Each package writes down its own rules in a file of this name. They are checked in batches of rows by reading only, all
at one moment of the database, so that a busy shop is neither slowed down nor taken for broken.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from shop.platform.snapshot import snapshot

BATCH = 1_000  # rows of one query: far below the statement time-out
MOST = 1_000  # violations of one rule that are kept; all are counted


@dataclass(frozen=True)
class Violation:
    """One row that breaks a rule. `subject` names it for staff ("order 7K2M", "sku A-1"), without personal data."""

    pk: int
    subject: str
    text: str


@dataclass(frozen=True)
class Invariant:
    """One rule. `find(low, high)` yields what breaks it among the rows of `table` with low < id <= high.

    `advice` says what a person does about it; `repair` mends rows by their ids, where that is safe.
    """

    name: str
    rule: str
    table: str
    find: Callable[[int, int], Iterable[Violation]]
    advice: str
    repair: Callable[[Sequence[int]], object] | None = None
    in_snapshot: bool = True  # False: it asks others than the database, and no transaction stays open meanwhile


@dataclass
class Finding:
    """How a rule was kept: rows looked at, rows that break it, the first MOST of those by name."""

    invariant: Invariant
    rows: int = 0
    broken: int = 0
    violations: list[Violation] = field(default_factory=list)

    def add(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            self.broken += 1
            if len(self.violations) < MOST:
                self.violations.append(violation)


def by_sql(statement: str, subject: str, text: str) -> Callable[[int, int], Iterator[Violation]]:
    """Return a `find` that runs a SELECT of (id, name, facts ...) with the parameters low and high.

    `subject` is what the name is of ("order"); `text` takes the facts at {0}, {1} ...
    """

    def find(low: int, high: int) -> Iterator[Violation]:
        for pk, name, *facts in rows(statement, low=low, high=high):
            yield Violation(pk, f"{subject} {name}", text.format(*facts))

    return find


def rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return what a SELECT with %(named)s parameters finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def examine(invariants: Sequence[Invariant], tell: Callable[[str, int, int], None]) -> list[Finding]:
    """Check the rules, those of the database at one moment. `tell(rule, done, total)` hears how far it is, in ids.

    Raises OperationalError when the database is away, and what a rule's `find` raises.
    """
    with snapshot():
        inside = {one.name: _examine(one, tell) for one in invariants if one.in_snapshot}
    return [inside.get(one.name) or _examine(one, tell) for one in invariants]


def _examine(invariant: Invariant, tell: Callable[[str, int, int], None]) -> Finding:
    finding = Finding(invariant)
    ((first, last),) = rows(f"SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM {invariant.table}")  # noqa: S608
    low = first - 1
    while low < last:
        high, count = _batch(invariant.table, low)
        finding.rows += count
        finding.add(invariant.find(low, high))
        low = high
        tell(invariant.name, high - first + 1, last - first + 1)
    return finding


def _batch(table: str, low: int) -> tuple[int, int]:
    """Return the last id of the next BATCH rows after `low`, and how many they are; ids may have gaps."""
    statement = f"SELECT id FROM {table} WHERE id > %(low)s ORDER BY id LIMIT {BATCH}"  # noqa: S608
    ((high, count),) = rows(f"SELECT max(id), count(*) FROM ({statement}) AS batch", low=low)  # noqa: S608
    return high, count
