"""What stands beside a list: how many products each further filter would leave.

The counts of everything and of a category are kept (shop.catalog.tally). Those of other lists are counted as far as
MOST; beyond that they are estimated from as many, and rounded, so that nobody takes them for exact.
"""

import json
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

from shop.catalog import search, tally
from shop.catalog.found import PUBLIC
from shop.catalog.listing import Filters, matches
from shop.catalog.search import Found
from shop.platform.postgresql import planned

FACETS_SHOWN = 30  # values of one option
GROUPS_COUNTED = 5  # how many of the options filtered by have their other values counted: each costs a query
PRICE_STEPS = (10, 20, 50, 100, 200, 500, 1000)  # where one price range ends and the next begins
PRICE_RANGES = list(pairwise((None, *PRICE_STEPS, None)))
MOST = 500  # products that are counted for one page
FEWEST = MOST / 3  # a smaller sample says nothing: it happened to hit too few blocks of the table
BROAD = 0.05  # share of the catalogue from which on a list is sampled throughout, not at its beginning


def _within(least: int | None, most: int | None) -> str:
    """The condition of a price range: a variant may cost between `least` and `most`, both included."""
    return f"({f'max_price >= {least}' if least else 'true'} AND {f'min_price <= {most}' if most else 'true'})"


_sums = ", ".join(f"count(*) FILTER (WHERE {_within(*bounds)}) AS n{n}" for n, bounds in enumerate(PRICE_RANGES))
_named = ", ".join(f"('price:{n}', n{n})" for n in range(len(PRICE_RANGES)))
# All counts beside a list in one reading of its products
COUNTS = f"""
WITH found AS MATERIALIZED (
    SELECT facets, min_price, max_price FROM catalog_product AS product <sample> WHERE <conditions>
), matching AS MATERIALIZED (
    SELECT * FROM found LIMIT {MOST}
)
SELECT facet::text, count(*) FROM matching, unnest(facets) AS facet GROUP BY facet
UNION ALL
SELECT named.key::text, named.n FROM (SELECT count(*) AS total, {_sums} FROM matching) AS summed,
LATERAL (VALUES ('total', total), {_named}) AS named (key, n)
"""  # noqa: S608 - of constants
PLAN = "EXPLAIN (FORMAT JSON) SELECT FROM catalog_product AS product WHERE <conditions>"
ALL = "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'catalog_product'::regclass"


class FacetValue(NamedTuple):
    """A value of an option, and how many products it leaves."""

    value: str
    label: str
    products: int
    active: bool


class PriceRange(NamedTuple):
    """How many products cost between `least` and `most`; None for no end."""

    least: int | None
    most: int | None
    products: int


@dataclass(frozen=True)
class Facets:
    """Counts for the filters beside a list: {"size": [FacetValue, ...]}, {category id: count}, cheap to dear ranges.

    `total` is how many products the list has.
    """

    options: dict[str, list[FacetValue]] = field(default_factory=dict)
    categories: dict[int, int] = field(default_factory=dict)
    prices: list[PriceRange] = field(default_factory=list)
    total: int = 0


def facets(filters: Filters, *, waiting: bool = True) -> Facets:
    """Count what each further filter would leave. `waiting`: may any product appear later, by itself?

    One query where counts are kept, or are few; one more if prices are filtered by, and for each option that is.
    """
    beside = of_kept(_count(filters, waiting=waiting), filters.options)
    options = beside.options | dict(_widening(filters))
    any_price = replace(filters, min_price=None, max_price=None)
    prices = beside.prices if any_price == filters else _prices(_count(any_price))
    return replace(beside, options=dict(sorted(options.items())), prices=prices)


def of_kept(counts: Counter[str], chosen: tuple[str, ...] = ()) -> Facets:
    """The same from counts that are known. `chosen`: the options that the list is filtered by."""
    keys = sorted(counts)
    categories = {int(key[2:]): counts[key] for key in _of_kind("c:", keys)}
    return Facets(_options(keys, counts, chosen), categories, _prices(counts), counts["total"])


def of_search(found: Found) -> Facets:
    """The same for a search without filters."""
    counts = _of_found(found)
    if not found.is_all:
        condition, parameters = search.matching(found)
        given = (f"{PUBLIC} AND {condition}", parameters | {"now": found.now})
        counts = _times(counts, (found.expected or _expected(*given, least=found.total)) / found.total)
    return of_kept(counts)


def _of_kind(kind: str, keys: list[str]) -> list[str]:
    """Return those of the sorted keys that begin like this, without looking at each of the others."""
    return keys[bisect_left(keys, kind) : bisect_left(keys, f"{kind}{chr(sys.maxunicode)}")]


def _widening(filters: Filters) -> Iterator[tuple[str, list[FacetValue]]]:
    """Yield each option that is filtered by, with what its values would leave without that filter."""
    for name in list(filters.option_groups())[:GROUPS_COUNTED]:
        others = tuple(option for option in filters.options if option.partition(":")[0] != name)
        counts = _count(replace(filters, options=others))
        yield name, _options(sorted(counts), counts, filters.options).get(name, [])


def _prices(found: Counter[str]) -> list[PriceRange]:
    """Return what each range of prices would leave, as if none were asked for, without empty ones."""
    ranges = [PriceRange(least, most, found[f"price:{number}"]) for number, (least, most) in enumerate(PRICE_RANGES)]
    return [each for each in ranges if each.products]


def _count(filters: Filters, *, waiting: bool = True) -> Counter[str]:
    """Return how many of the list's products have each facet, "price:0" and so on for PRICE_RANGES, and "total"."""
    kept = tally.counts(filters.scope, waiting=waiting) if filters.scope else None
    if kept is not None:
        return Counter(kept)
    counts = _of_found(filters.found) if filters.query else _read(filters)
    is_all = filters.found.is_all if filters.query else counts["total"] < MOST
    return counts if is_all else _estimated(filters, counts)


def _of_found(found: Found) -> Counter[str]:
    """What a search found is counted already, but for the ranges of prices: all without those below and above."""
    counts = Counter(found.facets)
    counts["total"] = found.total
    for number, (least, most) in enumerate(PRICE_RANGES):
        up_to = found.total if most is None else bisect_right(found.low, most)
        counts[f"price:{number}"] = up_to - (bisect_left(found.high, least) if least else 0)
    return counts


def _read(filters: Filters, sample: str = "") -> Counter[str]:
    conditions, parameters = matches(filters)
    statement = COUNTS.replace("<conditions>", conditions).replace("<sample>", sample)
    return Counter(dict(planned.anew(statement, parameters)))


def _estimated(filters: Filters, first: Counter[str]) -> Counter[str]:
    """Return the counts of a long list from those of its first products, and from how many PostgreSQL expects.

    The first that are found may be alike, imported together; of a broad list they are taken from everywhere, as a
    search does anyway.
    """
    known = filters.found.expected if filters.query else None
    expected = known or _expected(*matches(filters), least=first["total"])
    percent = min(100.0, 150 * MOST / expected)
    is_broad = not filters.query and expected >= BROAD * _products()
    sample = _read(filters, f"TABLESAMPLE SYSTEM ({percent:.4f})") if is_broad else Counter()
    if FEWEST < sample["total"] < MOST:  # all of the sample, so that its size says how many there are
        return _times(sample, 100 / percent)
    return _times(first, expected / first["total"])


def _times(counts: Counter[str], factor: float) -> Counter[str]:
    times = {n: _rounded(n * max(1.0, factor)) for n in set(counts.values())}
    return Counter({key: times[n] for key, n in counts.items()})


def _expected(conditions: str, parameters: dict[str, Any], *, least: int) -> float:
    """Return how many products PostgreSQL expects to meet conditions, if they are more than `least`."""
    ((plan,),) = planned.anew(PLAN.replace("<conditions>", conditions), parameters)
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return float(max(least, plan[0]["Plan"]["Plan Rows"]))


def _products() -> float:
    """Return how many products there are, about, at least 1."""
    ((products,),) = planned.anew(ALL, {})
    return float(products)


def _rounded(number: float) -> int:
    """Round to two digits: 16,837 becomes 17,000."""
    whole = round(number)
    return round(whole, -max(0, len(str(whole)) - 2))


def _options(keys: list[str], counts: Counter[str], chosen: tuple[str, ...]) -> dict[str, list[FacetValue]]:
    """Return the options by name, of each the values that leave most. `keys`: those of the counts, sorted."""
    found: defaultdict[str, list[FacetValue]] = defaultdict(list)
    for key in _of_kind("o:", keys):
        value = key[2:]
        name, _, label = value.partition(":")
        found[name].append(FacetValue(value, label, counts[key], value in chosen))
    return {name: sorted(found[name], key=lambda v: (-v.products, v.label))[:FACETS_SHOWN] for name in sorted(found)}
