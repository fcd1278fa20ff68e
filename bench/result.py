"""A finished run: its rows, where it ran, and as JSON."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.crowd import Crowd, Point
from bench.guard import GuardCost
from bench.measure import Row
from bench.messages import MessageCost
from bench.options import Options
from bench.stage import Stage

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("Django", "gunicorn", "psycopg", "redis", "django-redis", "djangorestframework", "whitenoise")
MEASURED = ("shop", "config", "bench", "requirements.txt")  # what a result depends on


PROMPT = 2  # times the p99 of the bare view that a kept page's may be
LARGER = 1.3  # times what a row may cost at the largest size, by the smallest


@dataclass
class Size:
    """The rows at one size. `bare`: the slice of the yardstick with the median cost; `bare_costs`: CPU ms of all.

    `load_seconds`: how long its data took to load; 0 if they were kept.
    """

    products: int
    bare: Row
    rows: list[Row]
    bare_costs: list[float]
    load_seconds: float = 0.0

    @property
    def good(self) -> bool:
        return self.bare.good and all(row.good for row in self.rows)


@dataclass
class Result:
    """`bare`, `rows`, `bare_costs`: of the smallest size, as in Size; `larger`: the others."""

    bare: Row
    rows: list[Row]
    bare_costs: list[float]
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    commit: str = ""
    changed: bool = False
    at: str = ""
    guard: GuardCost = field(default_factory=GuardCost)
    crowd: Crowd = field(default_factory=Crowd)
    messages: MessageCost = field(default_factory=MessageCost)
    larger: list[Size] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return all(size.good for size in self.sizes)

    @property
    def sizes(self) -> list[Size]:
        return [Size(self.settings.get("products", 0), self.bare, self.rows, self.bare_costs), *self.larger]

    @property
    def all_rows(self) -> list[Row]:
        return [self.bare, *self.rows]

    @property
    def explained(self) -> float:
        """The share of the machine's busy time that the clocks of all processes add up to, over all rows."""
        busy = sum(row.busy for row in self.all_rows)
        return sum(row.explained * row.busy for row in self.all_rows) / busy if busy else 1.0

    @property
    def foreign(self) -> float:
        busy = sum(row.busy for row in self.all_rows)
        return sum(row.foreign * row.busy for row in self.all_rows) / busy if busy else 0.0

    @property
    def stolen(self) -> float:
        return sum(row.stolen for row in self.all_rows)

    def dump(self, path: Path) -> None:
        path.write_text(json.dumps(_rounded(asdict(self)), indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> Result:
    """Raises OSError, ValueError and TypeError for a file that is no result of this version."""
    found = json.loads(path.read_text())
    bare, rows = Row(**found.pop("bare")), [Row(**row) for row in found.pop("rows")]
    guard, crowd = GuardCost(**found.pop("guard", {})), _crowd(found.pop("crowd", {}))
    larger = [_size(size) for size in found.pop("larger", [])]
    messages = MessageCost(**found.pop("messages", {}))
    return Result(bare=bare, rows=rows, guard=guard, crowd=crowd, messages=messages, larger=larger, **found)


def _crowd(found: dict[str, Any]) -> Crowd:
    return Crowd(points=[Point(**point) for point in found.pop("points", [])], **found)


def _size(found: dict[str, Any]) -> Size:
    return Size(bare=Row(**found.pop("bare")), rows=[Row(**row) for row in found.pop("rows")], **found)


def size(stage: Stage, slices: list[Row], rows: list[Row]) -> Size:
    """Put the rows in relation to the yardstick."""
    ordered = sorted(slices, key=lambda row: row.cost)
    bare = ordered[len(ordered) // 2]
    bare.ratio, bare.p99 = 1.0, median(row.p99 for row in slices)
    for row in rows:
        row.ratio = row.cost / (row.yardstick or bare.cost)
        row.p99_goal = PROMPT * bare.p99 if row.goal is not None and row.goal < 1 else None
    costs = [row.cost for row in slices] + [row.yardstick for row in rows if row.yardstick]
    return Size(stage.products, bare, rows, costs, stage.load_seconds)


def collect(stage: Stage, options: Options, first: Size) -> Result:
    """Say where the rows come from."""
    return Result(
        bare=first.bare,
        rows=first.rows,
        bare_costs=first.bare_costs,
        machine=machine(stage),
        versions=versions(stage),
        settings={
            "products": first.products,
            "seconds": options.seconds,
            "connections": options.connections,
            "orders": options.orders,
            "workers": 1,
            "threads": int(stage.environment["WEB_THREADS"]),
        },
        commit=_git("rev-parse", "--short=10", "HEAD"),
        changed=bool(_git("status", "--porcelain", "--", *MEASURED)),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def machine(stage: Stage) -> dict[str, Any]:
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": model[0].partition(":")[2].strip() if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1024**3, 1),
        "kernel": platform.release(),
        "app_core": sorted(stage.app_core),
        "other_cores": sorted(stage.other_cores),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


def versions(stage: Stage) -> dict[str, str]:
    row = stage.counters.database.execute("SHOW server_version").fetchone()
    servers = {
        "Python": platform.python_version(),
        "PostgreSQL": str(row[0]).split()[0] if row else "",
        "Redis": str(stage.counters.redis.info("server").get("redis_version", "")),
    }
    return servers | {name: version(name) for name in PACKAGES}


def _git(*arguments: str) -> str:
    """Return what git says; "" where the project is no checkout."""
    try:
        done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _rounded(value: Any) -> Any:
    """Four places: beyond them is noise that only makes the file change."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
