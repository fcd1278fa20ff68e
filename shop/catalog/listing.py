"""Lists of products: search, filters with counts, sorting, pages. One set of rules for storefront and API."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import F, IntegerField, Q
from django.db.models.functions import Cast

from shop.catalog.models import Category, Product, ProductQuerySet
from shop.platform import keyset

PAGE_SIZE = 24
SORTS = {
    "newest": ("-published_at", "-id"),
    "price": ("min_price", "id"),
    "-price": ("-min_price", "-id"),
    "title": ("title", "id"),
    "relevance": ("-rank", "-id"),
}
RANK_SCALE = 1_000_000  # ranks become whole numbers, which survive the way into a cursor and back
FACETS_SHOWN = 30  # values of one option
GROUPS_COUNTED = 5  # options filtered by at once whose other values are counted: each is a query
PRICE_STEPS = (10, 20, 50, 100, 200, 500, 1000)  # where one price range ends and the next begins
PRICE_RANGES = list(pairwise((None, *PRICE_STEPS, None)))


def _within(least: int | None, most: int | None) -> str:
    """The condition that _priced() makes, as SQL."""
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
        return bool(Product.objects.public().filter(search=text_query(self.query)).exists())

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


def find(filters: Filters, *, cursor: str | None = None, size: int = PAGE_SIZE) -> keyset.Page[Product]:
    """Return one page of public products, preloaded for cards. Raises keyset.BadCursor."""
    matching = _ranked(filters) if filters.order == "relevance" else matches(filters)
    return keyset.page(matching.for_cards(), order=SORTS[filters.order], cursor=cursor, size=size)


def matches(filters: Filters) -> ProductQuerySet:
    """Return the public products that pass all filters, unsorted."""
    products = Product.objects.public()
    if filters.category:
        products = products.filter(facets__contains=[f"c:{filters.category.pk}"])
    for values in filters.option_groups().values():
        products = products.filter(facets__overlap=values)
    products = products.filter(_priced(filters.min_price, filters.max_price))
    if filters.on_sale:
        products = products.filter(compare_at_price__gt=F("min_price"))
    return _searched(products, filters) if filters.query else products


def _searched(products: ProductQuerySet, filters: Filters) -> ProductQuerySet:
    """By words first; when no product has them, by likeness, which forgives typing errors."""
    if filters.has_words:
        return products.filter(search=text_query(filters.query))
    return products.filter(title__trigram_word_similar=filters.query)


def _ranked(filters: Filters) -> ProductQuerySet:
    rank = SearchRank(F("search"), text_query(filters.query)) + TrigramWordSimilarity(filters.query, "title")
    return matches(filters).annotate(rank=Cast(rank * RANK_SCALE, IntegerField()))


def text_query(query: str) -> SearchQuery:
    """All words as typed, or with the last one unfinished: "blue cush" finds blue cushions."""
    typed = SearchQuery(query, search_type="websearch", config="english")
    words = re.findall(r"\w+", query)
    if not words:
        return typed
    unfinished = " & ".join([*words[:-1], f"{words[-1]}:*"])
    return typed | SearchQuery(unfinished, search_type="raw", config="english")


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


def _priced(least: Decimal | int | None, most: Decimal | int | None) -> Q:
    """Products with a variant that may cost between `least` and `most`, both included."""
    wanted = Q()
    if least is not None:
        wanted &= Q(max_price__gte=least)
    if most is not None:
        wanted &= Q(min_price__lte=most)
    return wanted


def _count(filters: Filters) -> dict[str, int]:
    """Return how many of the list's products have each facet, "price:0" and so on for PRICE_RANGES, and "total"."""
    products = matches(filters).order_by().values("facets", "min_price", "max_price")
    statement, parameters = products.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.replace("MATCHING", statement), parameters)
        return dict(cursor.fetchall())


def _options(counts: dict[str, int], filters: Filters) -> dict[str, list[FacetValue]]:
    found: dict[str, list[FacetValue]] = {}
    for key, count in counts.items():
        if key.startswith("o:"):
            name, _, label = key[2:].partition(":")
            value = key[2:]
            found.setdefault(name, []).append(FacetValue(value, label, count, active=value in filters.options))
    return {name: sorted(values, key=lambda v: (-v.count, v.label))[:FACETS_SHOWN] for name, values in found.items()}
