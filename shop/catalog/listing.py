"""Lists of products: search, filters with counts, sorting, pages. One set of rules for storefront and API."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import Count, F, IntegerField, Q
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
    return _searched(products, filters.query) if filters.query else products


def _searched(products: ProductQuerySet, query: str) -> ProductQuerySet:
    """By words first; when no title has them, by likeness, which forgives typing errors."""
    found = products.filter(search=text_query(query))
    if Product.objects.public().filter(search=text_query(query)).exists():
        return found
    return products.filter(title__trigram_word_similar=query)


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

    Two queries, and one more for each option that is already filtered by.
    """
    groups = filters.option_groups()
    counts = _count(filters)
    options = _options(counts, filters)
    for name in list(groups)[:GROUPS_COUNTED]:
        others = tuple(option for option in filters.options if option.partition(":")[0] != name)
        options[name] = _options(_count(replace(filters, options=others)), filters).get(name, [])
    categories = {int(key[2:]): count for key, count in counts.items() if key.startswith("c:")}
    return Facets(dict(sorted(options.items())), categories, *_prices(filters))


def _prices(filters: Filters) -> tuple[list[PriceRange], int]:
    """Count what each range of prices would leave, as if none were asked for, without empty ones; and what is left with
    the one that was asked for.
    """
    bounds = list(pairwise((None, *PRICE_STEPS, None)))
    counts = {f"range{number}": Count("pk", filter=_priced(*bound)) for number, bound in enumerate(bounds)}
    counts["total"] = Count("pk", filter=_priced(filters.min_price, filters.max_price))
    found = matches(replace(filters, min_price=None, max_price=None)).aggregate(**counts)
    ranges = [PriceRange(least, most, found[f"range{number}"]) for number, (least, most) in enumerate(bounds)]
    return [each for each in ranges if each.count], found["total"]


def _priced(least: Decimal | int | None, most: Decimal | int | None) -> Q:
    """Products with a variant that may cost between `least` and `most`, both included."""
    wanted = Q()
    if least is not None:
        wanted &= Q(max_price__gte=least)
    if most is not None:
        wanted &= Q(min_price__lte=most)
    return wanted


def _count(filters: Filters) -> dict[str, int]:
    statement, parameters = matches(filters).order_by().values("facets").query.sql_with_params()
    counted = f"SELECT facet, count(*) FROM ({statement}) AS matching, unnest(matching.facets) AS facet GROUP BY facet"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(counted, parameters)
        return dict(cursor.fetchall())


def _options(counts: dict[str, int], filters: Filters) -> dict[str, list[FacetValue]]:
    found: dict[str, list[FacetValue]] = {}
    for key, count in counts.items():
        if key.startswith("o:"):
            name, _, label = key[2:].partition(":")
            value = key[2:]
            found.setdefault(name, []).append(FacetValue(value, label, count, active=value in filters.options))
    return {name: sorted(values, key=lambda v: (-v.count, v.label))[:FACETS_SHOWN] for name, values in found.items()}
