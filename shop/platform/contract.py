"""The contract of outages: what everybody sees while a dependency is away, and for how long anything waits for it.

One row a dependency. Each row is written beside the code that keeps it; settings.DEPENDENCIES names them all, in the
order in which they are shown by /readyz?verbose, `manage.py outages` and docs/outages.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

OK = "ok"
UNUSED = "not in use"


@dataclass(frozen=True)
class Dependency:
    """What is seen without it, by whom; `seconds`: the longest wait for it, of what `bounded` says.

    `ask` returns OK, UNUSED or a short phrase, or raises whatever is wrong. It takes bounded time of its own, and
    tells nothing that a stranger should not read.
    """

    name: str
    title: str
    shopper: str
    staff: str
    phone: str
    operator: str
    seconds: float
    bounded: str
    ask: Callable[[], str]

    @property
    def bound(self) -> str:
        return f"{self.seconds:g} s, {self.bounded}"

    def as_json(self) -> dict[str, Any]:
        seen = {"shopper": self.shopper, "staff": self.staff, "phone": self.phone, "operator": self.operator}
        return {"title": self.title, **seen, "seconds": self.seconds, "bounded": self.bounded}


def rows() -> list[Dependency]:
    return [import_string(path) for path in settings.DEPENDENCIES]


def markdown(dependencies: Iterable[Dependency]) -> str:
    """Return the rows as sections of a page."""
    return "\n\n".join(_section(row) for row in dependencies)


def _section(row: Dependency) -> str:
    seen = [("Shopper", row.shopper), ("Staff", row.staff), ("Phone", row.phone), ("Operator", row.operator)]
    lines = [f"| {who} | {text} |" for who, text in [*seen, ("Longest wait", row.bound)]]
    return "\n".join([f"## {row.title}", "", f"| `{row.name}` | while it is away |", "|---|---|", *lines])
