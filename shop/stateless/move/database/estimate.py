"""How many rows there are, how large they are and how long a move will take, from a sample of each table."""

import time
from dataclasses import dataclass
from typing import Any

from shop.stateless.move.database.reading import canonical, columns, count, pages, size
from shop.stateless.move.database.tables import Table

SAMPLE = 200  # rows of a table
PASSES = 4.5  # survey, copy and comparison, each as long as reading and hashing, and PostgreSQL's own work


@dataclass(frozen=True)
class Estimate:
    """For one table. `seconds`: for all of its move."""

    table: str
    rows: int
    bytes: int
    seconds: float


def estimate(table: Table, source: Any, target: Any) -> Estimate:
    total = count(table, source)
    page = next(pages(table, source), [])
    if not page:
        return Estimate(table.name, total, 0, 0.0)
    cells = columns(table, source, target)
    begun = time.perf_counter()
    for row in page[:SAMPLE]:
        _read(cells, row)
    each = (time.perf_counter() - begun) / min(len(page), SAMPLE)
    return Estimate(table.name, total, size(page) * total // len(page), PASSES * each * total)


def _read(cells: list[Any], row: Any) -> None:
    try:
        canonical(cells, row)
    except Exception:  # noqa: BLE001  # the survey reports rows that cannot be read; fields of others raise anything
        return
