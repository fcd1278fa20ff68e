"""Lists of products: search, filters with counts, sorting, pages. One set of rules for storefront and API."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.utils import timezone

from shop.catalog import cards
from shop.catalog.cards import Card
from shop.catalog.models import Category
from shop.platform import keyset

PAGE_SIZE = 24
SORTS = {
    "newest": ("-published_at", "-id"),
    "price": ("min_price", "id"),
    "-price": ("-min_price", "-id"),
    "title": ("title", "id"),
    "relevance": ("-rank", "-id"),
}
FACETS_SHOWN = 30  # values of one option
GROUPS_COUNTED = 5  # options filtered by at once whose other values are counted: each is a query
PRICE_STEPS = (10, 20, 50, 100, 200, 500, 1000)  # where one price range ends and the next begins
PRICE_RANGES = list(pairwise((None, *PRICE_STEPS, None)))

# Conditions and columns are SQL about the alias `product`. Shoppers may see, as ProductQuerySet.public() says:
PUBLIC = "product.published AND product.published_at <= %(now)s"
WORDS = "(websearch_to_tsquery('english', %(query)s) || to_tsquery('english', %(unfinished)s))"  # as text_query() says
RANK_SCALE = 1_000_000  # ranks become whole numbers, which survive the way into a cursor and back
RANK = f"(({RANK_SCALE} * (ts_rank(product.search, {WORDS}) + word_similarity(%(query)s, product.title)))::int)"
HAS_WORDS = f"SELECT EXISTS (SELECT FROM catalog_product AS product WHERE {PUBLIC} AND product.search @@ {WORDS})"  # noqa: S608


def _within(least: int | None, most: int | None) -> str:
    """The condition of a price range: a variant may cost between `least` and `most`, both included."""
    return f"({f'max_price >= {least}' if least else 'true'} AND {f'min_price <= {most}' if most else 'true'})"


_sums = ", ".join(f"count(*) FILTER (WHERE {_within(*bounds)}) AS n{n}" for n, bounds in enumerate(PRICE_RANGES))
_named = ", ".join(f"('price:{n}', n{n})" for n in range(len(PRICE_RANGES)))
# All counts beside a list in one reading of its products
COUNTS = f"""
WITH matching AS MATERIALIZED (MATCHING)
SELECT facet, count(*) FROM matching, unnest(facets) AS facet GROUP BY facet
UNION ALL
SELECT named.key, named.n FROM (SELECT count(*) AS total, {_sums} FROM matching) AS summed,
LATERAL (VALUES ('total', total), {_named}) AS named (key, n)
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class Filters:
    """What a visitor asked for.

    `options` holds "<option>:<value>" with the option's name in lower case; prices include tax.
    """

    query: str = ""
    category: Category | None = None
    options: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    on_sale: bool = False
    sort: str = ""

    @property
    def order(self) -> str:
        """The name of the sort order in use; relevance needs a query."""
        default = "relevance" if self.query else "newest"
        chosen = self.sort if self.sort in SORTS else default
        return default if chosen == "relevance" and not self.query else chosen

    @cached_property
    def has_words(self) -> bool:
        """Say whether any product has the words of the query; asked once for a list and all its counts."""
        with connection.cursor() as cursor:
            cursor.execute(HAS_WORDS, {**_words(self.query), "now": timezone.now()})
            return bool(cursor.fetchone()[0])

    @property
    def is_plain(self) -> bool:
        """Say whether one plan suits all such lists: nothing is compared with what was asked for."""
        return replace(self, on_sale=False, sort="") == Filters()

    def option_groups(self) -> dict[str, list[str]]:
        """Return {"size": ["o:size:M", "o:size:L"]}: values of one option widen the list, options narrow it."""
        groups: dict[str, list[str]] = {}
        for option in self.options:
            groups.setdefault(option.partition(":")[0], []).append(f"o:{option}")
        return groups


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: str
    count: int
    active: bool


@dataclass(frozen=True)
class PriceRange:
    """How many products cost between `least` and `most`; None for no end."""

    least: int | None
    most: int | None
    count: int


@dataclass(frozen=True)
class Facets:
    """Counts for the filters beside a list: {"size": [FacetValue, ...]}, {category id: count}, cheap to dear ranges.

    `total` is how many products the list has.
    """

    options: dict[str, list[FacetValue]] = field(default_factory=dict)
    categories: dict[int, int] = field(default_factory=dict)
    prices: list[PriceRange] = field(default_factory=list)
    total: int = 0


def find(filters: Filters, *, cursor: str | None = None, size: int = PAGE_SIZE) -> keyset.Page[Card]:
    """Return one page of public products as cards. Raises keyset.BadCursor."""
    return keyset.read(partial(_read, filters), order=SORTS[filters.order], cursor=cursor, size=size)


def _read(filters: Filters, part: keyset.Part) -> list[Card]:
    """One statement where its plan is the same whatever is asked for; else one to choose and one to show."""
    conditions, parameters = matches(filters)
    rank = RANK if filters.order == "relevance" else "0"
    matching = f"SELECT product.*, {rank} AS rank FROM catalog_product AS product WHERE {conditions}"  # noqa: S608
    chosen = f"({matching}) AS product WHERE {part.condition} ORDER BY {part.order} LIMIT {part.most}"
    if filters.is_plain:
        return cards.read(f"SELECT * FROM {chosen}", order=part.order, parameters=parameters | part.parameters)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT product.id, product.rank FROM {chosen}", parameters | part.parameters)  # noqa: S608
        return cards.ranked(cursor.fetchall(), parameters["now"])


def matches(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the condition of public products that pass all filters, and its parameters."""
    pairs = list(_conditions(filters))
    return " AND ".join(text for text, _ in pairs), {k: v for _, each in pairs for k, v in each.items()}


def _conditions(filters: Filters) -> Iterator[tuple[str, dict[str, Any]]]:
    yield PUBLIC, {"now": timezone.now()}
    if filters.category:
        yield "product.facets @> %(category)s::varchar[]", {"category": [f"c:{filters.category.pk}"]}
    for number, values in enumerate(filters.option_groups().values()):
        yield f"product.facets && %(option{number})s::varchar[]", {f"option{number}": values}
    if filters.min_price is not None:
        yield "product.max_price >= %(min_price)s", {"min_price": filters.min_price}
    if filters.max_price is not None:
        yield "product.min_price <= %(max_price)s", {"max_price": filters.max_price}
    if filters.on_sale:
        yield "product.compare_at_price > product.min_price", {}
    if filters.query:
        yield _searched(filters)


def _searched(filters: Filters) -> tuple[str, dict[str, Any]]:
    """By words first; when no product has them, by likeness, which forgives typing errors."""
    how = f"product.search @@ {WORDS}" if filters.has_words else "product.title %%> %(query)s"
    return how, _words(filters.query)


def text_query(query: str) -> SearchQuery:
    """All words as typed, or with the last one unfinished: "blue cush" finds blue cushions."""
    typed, unfinished = _words(query).values()
    by_words = SearchQuery(typed, search_type="websearch", config="english")
    return by_words | SearchQuery(unfinished, search_type="raw", config="english")


def _words(query: str) -> dict[str, str]:
    """Return the parameters of WORDS; without a word in `query`, `unfinished` finds nothing."""
    words = re.findall(r"\w+", query)
    return {"query": query, "unfinished": " & ".join([*words[:-1], f"{words[-1]}:*"]) if words else ""}


def facets(filters: Filters) -> Facets:
    """Count what each further filter would leave.

    One query; one more if prices are filtered by, and one for each option that is.
    """
    groups = filters.option_groups()
    counts = _count(filters)
    options = _options(counts, filters)
    for name in list(groups)[:GROUPS_COUNTED]:
        others = tuple(option for option in filters.options if option.partition(":")[0] != name)
        options[name] = _options(_count(replace(filters, options=others)), filters).get(name, [])
    categories = {int(key[2:]): count for key, count in counts.items() if key.startswith("c:")}
    return Facets(dict(sorted(options.items())), categories, _prices(counts, filters), counts["total"])


def _prices(counts: dict[str, int], filters: Filters) -> list[PriceRange]:
    """Return what each range of prices would leave, as if none were asked for, without empty ones."""
    any_price = replace(filters, min_price=None, max_price=None)
    found = counts if any_price == filters else _count(any_price)
    ranges = [PriceRange(least, most, found[f"price:{number}"]) for number, (least, most) in enumerate(PRICE_RANGES)]
    return [each for each in ranges if each.count]


def _count(filters: Filters) -> dict[str, int]:
    """Return how many of the list's products have each facet, "price:0" and so on for PRICE_RANGES, and "total"."""
    condition, parameters = matches(filters)
    matching = f"SELECT facets, min_price, max_price FROM catalog_product AS product WHERE {condition}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.replace("MATCHING", matching), parameters)
        return dict(cursor.fetchall())


def _options(counts: dict[str, int], filters: Filters) -> dict[str, list[FacetValue]]:
    found: dict[str, list[FacetValue]] = {}
    for key, count in counts.items():
        if key.startswith("o:"):
            name, _, label = key[2:].partition(":")
            value = key[2:]
            found.setdefault(name, []).append(FacetValue(value, label, count, active=value in filters.options))
    return {name: sorted(values, key=lambda v: (-v.count, v.label))[:FACETS_SHOWN] for name, values in found.items()}
