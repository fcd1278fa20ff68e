"""Lists of products: search, filters, sorting, pages. One set of rules for storefront and API.

Their counts are in shop.catalog.facets.
"""

import functools
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from shop.catalog import cards, search
from shop.catalog.cards import Card
from shop.catalog.found import PUBLIC
from shop.catalog.models import Category
from shop.catalog.search import POOL, Found
from shop.catalog.tree import Node
from shop.platform import keyset
from shop.platform.postgresql import planned

PAGE_SIZE = 24
SORTS = {
    "newest": ("-published_at", "-id"),
    "price": ("min_price", "id"),
    "-price": ("-min_price", "-id"),
    "title": ("title", "id"),
    "relevance": ("-rank", "-id"),
}

PLAIN = """
SELECT product.*, 0 AS rank FROM catalog_product AS product WHERE <conditions> AND <after> ORDER BY <order> LIMIT <most>
"""
# A category's newest, each found by its place in that list; by both columns, so that they are known to be in order
PLACED = """
SELECT product.*, 0 AS rank FROM (
    SELECT product.id, product.published_at FROM (
        SELECT product_id AS id, published_at FROM catalog_placement WHERE category_id = %(category)s::bigint
    ) AS product WHERE product.published_at <= %(now)s AND <after> ORDER BY <order> LIMIT <most>
) AS placed JOIN catalog_product AS product USING (id, published_at)
"""  # served by placement_newest
HEAD = 3_000  # products in the order of a list among which a page of a wide one is found
# A page of a list: found at the head of the order where the list is wide; where it is not, all of it is sorted
CHOSEN = f"""
WITH head AS MATERIALIZED (
    SELECT product.id FROM (
        SELECT * FROM catalog_product AS product WHERE <after> AND product.published ORDER BY <order> LIMIT {HEAD}
    ) AS product WHERE <conditions> ORDER BY <order> LIMIT <most>
), all_of_it AS MATERIALIZED (
    SELECT product.id, product.published_at, product.min_price, product.title FROM catalog_product AS product
    WHERE (SELECT count(*) FROM head) < <most> AND <after> AND <conditions>
)
SELECT id, 0 FROM head WHERE (SELECT count(*) FROM head) = <most>
UNION ALL (SELECT product.id, 0 FROM all_of_it AS product ORDER BY <order> LIMIT <most>)
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class Filters:
    """What a visitor asked for.

    `options` holds "<option>:<value>" with the option's name in lower case; prices include tax. `pool`: how many
    products of each kind a search looks at.
    """

    query: str = ""
    category: Category | Node | None = None
    options: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    on_sale: bool = False
    sort: str = ""
    pool: int = POOL

    @property
    def order(self) -> str:
        """The name of the sort order in use; relevance needs a query."""
        default = "relevance" if self.query else "newest"
        chosen = self.sort if self.sort in SORTS else default
        return default if chosen == "relevance" and not self.query else chosen

    @cached_property
    def found(self) -> Found:
        """What the query finds, asked once for a list and all its counts; how, all products together decide."""
        found = search.find(self.query, pool=self.pool)
        conditions, parameters = _joined(_narrowing(self))
        return search.narrow(found, conditions, parameters, pool=self.pool) if conditions else found

    @property
    def scope(self) -> str | None:
        """The name under which the counts of this list are kept; None if they are not."""
        if replace(self, category=None, sort="") != Filters():
            return None
        return f"c:{self.category.pk}" if self.category else "all"

    @property
    def is_plain(self) -> bool:
        """Say whether one plan suits all such lists: nothing is compared with what was asked for."""
        return not (self.query or self.category or self.options or self._is_priced)

    @property
    def _is_priced(self) -> bool:
        return self.min_price is not None or self.max_price is not None

    @property
    def is_shelf(self) -> bool:
        """Say whether it is a category as it is, the newest first."""
        return self.order == "newest" and not (self.query or self.options or self.on_sale or self._is_priced)

    def option_groups(self) -> dict[str, list[str]]:
        """Return {"size": ["o:size:M", "o:size:L"]}: values of one option widen the list, options narrow it."""
        groups: dict[str, list[str]] = {}
        for option in self.options:
            groups.setdefault(option.partition(":")[0], []).append(f"o:{option}")
        return groups


def find(filters: Filters, *, cursor: str | None = None, size: int = PAGE_SIZE) -> keyset.Page[Card]:
    """Return one page of public products as cards. Raises keyset.BadCursor."""
    order = SORTS[filters.order]
    if filters.order == "relevance":
        return keyset.choose(functools.partial(_best, filters), order=order, cursor=cursor, size=size)
    return keyset.read(functools.partial(_read, filters), order=order, cursor=cursor, size=size)


def _read(filters: Filters, part: keyset.Part) -> list[Card]:
    """One statement where its plan is the same whatever is asked for; else one to choose and one to show."""
    conditions, parameters = matches(filters)
    parameters |= part.parameters
    if filters.is_plain:
        return cards.read(filled(PLAIN, conditions, part), order=part.order, parameters=parameters)
    if filters.category and filters.is_shelf:
        placed = parameters | {"category": filters.category.pk}
        return cards.read(filled(PLACED, "", part), order=part.order, parameters=placed)
    return cards.ranked(planned.anew(filled(CHOSEN, conditions, part), parameters), parameters["now"])


def _best(filters: Filters, order: tuple[str, ...], values: list[Any] | None, most: int) -> list[Card]:
    """The best of what a search found, after these values of a cursor: all ranks are known."""
    found, falling = filters.found, order[0].startswith("-")
    ranked = found.ranked if falling else found.ranked[::-1]
    if values is not None:
        last, after = tuple(map(int, values)), operator.lt if falling else operator.gt
        ranked = [pair for pair in ranked if after(pair, last)]
    return cards.ranked([(pk, rank) for rank, pk in ranked[:most]], found.now)


def filled(statement: str, conditions: str, part: keyset.Part) -> str:
    """Return one of the statements above for a page, with its conditions."""
    return _filled(statement, conditions, part.condition, part.order, part.most)


@functools.lru_cache(maxsize=500)  # per-pod: a calculation from its arguments
def _filled(statement: str, conditions: str, after: str, order: str, most: int) -> str:
    words = {"<conditions>": conditions, "<after>": after, "<order>": order, "<most>": str(most)}
    for name, text in words.items():
        statement = statement.replace(name, text)
    return statement


def matches(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the condition of public products that pass all filters, and its parameters."""
    words = [search.matching(filters.found)] if filters.query else []
    return _joined([(PUBLIC, {"now": timezone.now()}), *_narrowing(filters), *words])


def _joined(pairs: Iterable[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    found = list(pairs)
    return " AND ".join(text for text, _ in found), {k: v for _, each in found for k, v in each.items()}


def _narrowing(filters: Filters) -> Iterator[tuple[str, dict[str, Any]]]:
    """All but the words, and what all lists have in common."""
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
