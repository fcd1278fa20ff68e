"""What visitors ask for, of a thousand requests, and what one of each costs by the last measurement.

The mix is an assumption, written down here and shown on the page. Pictures and static files are the CDN's.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LATEST = Path(__file__).resolve().parents[1] / "results" / "latest.json"
FRESH = 60.0  # seconds for which a kept page is good (shop/platform/pages/shelf.py)
CDN_FRESH = 1.0  # seconds for which a CDN may keep it (shop/platform/pages/page.py)
PRODUCTS = 10_000
SHELVES = 500  # addresses of lists that are asked for often


@dataclass(frozen=True)
class Kind:
    """`row` of the measurement; of a kept page also that of making it (`made`) and how many pages there are."""

    row: str
    title: str
    share: float
    made: str = ""
    pages: int = 0


KINDS = (
    Kind("home", "home page", 0.100, "home-cold", 1),
    Kind("category", "categories", 0.220, "category-cold", SHELVES),
    Kind("product", "product pages", 0.330, "product-cold", PRODUCTS),
    Kind("fragment", "name and cart in the header", 0.200),
    Kind("search", "search", 0.040),
    Kind("search-mistyped", "search with a typing error", 0.005),
    Kind("api-list", "lists on phones", 0.030, "api-list-cold", SHELVES),
    Kind("api-product", "products on phones", 0.030, "api-product-cold", PRODUCTS),
    Kind("add-htmx", "into the cart", 0.017),
    Kind("api-add", "into the cart, phones", 0.005),
    Kind("cart", "cart page", 0.012),
    Kind("api-cart", "cart, phones", 0.008),
    Kind("order", "orders", 0.002),
    Kind("api-order", "orders, phones", 0.001),
)
ORDERS = {"order", "api-order"}


@dataclass(frozen=True)
class Cost:
    """Of one request: CPU milliseconds by process, statements, commands to Redis."""

    app: float
    postgres: float
    redis: float
    statements: float
    commands: float


@dataclass(frozen=True)
class Stream:
    """So many requests a second that cost so much each."""

    name: str
    rate: float
    cost: Cost


class NotMeasured(Exception):
    """The measurement lacks a row that the mix names."""


def measured(path: Path = LATEST) -> dict[str, Cost]:
    """Return the costs of a result of `make bench`, by row. Raises NotMeasured; rows that the mix lacks are ignored."""
    found = {row["name"]: _cost(row) for row in json.loads(path.read_text())["rows"] if row.get("cpu")}
    wanted = {name for kind in KINDS for name in (kind.row, kind.made) if name}
    if missing := wanted - found.keys():
        raise NotMeasured(f"{path} has no {', '.join(sorted(missing))}: run `make bench` without --only.")
    return found


def _cost(row: dict[str, Any]) -> Cost:
    cpu = row["cpu"]
    statements = row.get("sql", 0) + row.get("control", 0)
    return Cost(
        cpu.get("app", 0), cpu.get("postgres", 0), cpu.get("redis", 0), statements, row.get("redis_commands", 0)
    )


def streams(rate: float, costs: dict[str, Cost], *, cdn: bool = False) -> list[Stream]:
    """Return what reaches the pods when visitors send `rate` requests a second.

    A kept page is made when it is asked for and its time is over, so making them does not grow with the visitors for
    ever. With a CDN that holds for asking the pods, too.
    """
    found: list[Stream] = []
    for kind in KINDS:
        asked = rate * kind.share
        if kind.made:
            reaching = renewals(asked, kind.pages, CDN_FRESH) if cdn else asked
            made = renewals(asked, kind.pages, FRESH)
            found.append(Stream(kind.made, made, costs[kind.made]))
            asked = max(reaching - made, 0.0)
        found.append(Stream(kind.row, asked, costs[kind.row]))
    return found


def renewals(rate: float, pages: int, seconds: float) -> float:
    """Return how often a second one of `pages` has to be made anew when each is good for so many seconds.

    A page asked for r times a second is made every `seconds` + 1 / r. How popular they are falls as 1/rank (Zipf).
    """
    if not rate:
        return 0.0
    each = rate / _whole(pages)  # of the most popular one; the next is asked for half as often
    return sum(each / (rank + each * seconds) for rank in range(1, pages + 1))


@cache
def _whole(pages: int) -> float:
    return sum(1 / rank for rank in range(1, pages + 1))


def load(found: Iterable[Stream], what: str) -> float:
    """Return the sum of one part of the cost over all streams, a second: CPU in seconds, so cores; else a count."""
    unit = 1000 if what in {"app", "postgres", "redis"} else 1
    return sum(stream.rate * float(getattr(stream.cost, what)) / unit for stream in found)
