"""Lists of products: search, filters, sorting, pages. One set of rules for storefront and API.

Their counts are in shop.catalog.facets.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import cached_property

from shop.catalog import cards, tally
from shop.catalog.cards import Card
from shop.catalog.models import Category
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

# Conditions and columns are SQL about the alias `product`. Shoppers may see, as ProductQuerySet.public() says:
PUBLIC = "product.published AND product.published_at <= %(now)s"
# Read once for a statement, not for each row
WORDS = "(SELECT websearch_to_tsquery('english', %(query)s) || to_tsquery('english', %(unfinished)s))"
RANK_SCALE = 1_000_000  # ranks become whole numbers, which survive the way into a cursor and back
RANK = f"(({RANK_SCALE} * ts_rank(product.search, {WORDS}))::int)"
PLAIN = """
SELECT product.*, 0 AS rank FROM catalog_product AS product WHERE <conditions> AND <after> ORDER BY <order> LIMIT <most>
"""
# A category's newest, each found by its place in that list
PLACED = """
SELECT product.*, 0 AS rank FROM (
    SELECT product.id FROM (
        SELECT product_id AS id, published_at FROM catalog_placement WHERE category_id = %(category)s::bigint
    ) AS product WHERE product.published_at <= %(now)s AND <after> ORDER BY <order> LIMIT <most>
) AS placed JOIN catalog_product AS product USING (id)
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
POOL = 300  # products of each kind that a search looks at
TITLE = "to_tsvector('english'::regconfig, coalesce(product.title, ''))"
# A search ends with the first of these that finds enough: words of titles, beginnings of such, either anywhere.
# MATERIALIZED without a LIMIT makes PostgreSQL plan for all rows, which is by an index, and then read a few: with the
# LIMIT it hopes to find them soon in the whole table, and reads all of that for a word that is nowhere. What is public
# is looked for afterwards: nearly all is, and a plan for any moment would fetch all that from an index, too.
FOUND = f"""
WITH matching_titles AS MATERIALIZED (
    SELECT product.id, product.published, product.published_at FROM catalog_product AS product
    WHERE <conditions> AND {TITLE} @@ (SELECT websearch_to_tsquery('english', %(query)s))
), titled AS MATERIALIZED (
    SELECT id FROM matching_titles AS product WHERE <public> LIMIT %(pool)s::bigint
), matching_beginnings AS MATERIALIZED (
    SELECT product.id, product.published, product.published_at FROM catalog_product AS product
    WHERE (SELECT count(*) FROM titled) < %(pool)s::bigint AND <conditions> AND {TITLE} @@ {WORDS}
), begun AS MATERIALIZED (
    SELECT id FROM matching_beginnings AS product WHERE <public> LIMIT %(pool)s::bigint
), matching AS MATERIALIZED (
    SELECT product.id, product.published, product.published_at FROM catalog_product AS product
    WHERE (SELECT count(*) FROM titled) < %(pool)s::bigint AND (SELECT count(*) FROM begun) < %(pool)s::bigint
        AND <conditions> AND product.search @@ {WORDS}
)
SELECT 'titled', id FROM titled UNION ALL SELECT 'begun', id FROM begun
UNION ALL (SELECT 'anywhere', id FROM matching AS product WHERE <public> LIMIT %(pool)s::bigint)
"""  # noqa: S608 - of constants; served by product_title_words and product_search
RANKED = f"""
SELECT product.*, ranked.rank FROM (
    SELECT product.id, product.rank FROM (
        SELECT product.id, {RANK} AS rank FROM catalog_product AS product WHERE product.id = ANY(%(ids)s::bigint[])
    ) AS product WHERE <after> ORDER BY <order> LIMIT <most>
) AS ranked JOIN catalog_product AS product USING (id)
"""  # noqa: S608 - of constants


@dataclass(frozen=True)
class Found:
    """What a search ranks: ids of products, whether they are all there are, and the parameters of WORDS, as typed or
    corrected. `now`: the moment for which it was asked.
    """

    ids: list[int]
    is_all: bool
    words: dict[str, str]
    now: datetime


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
        """What the query finds: by words as typed; if no product has them, by the likest words that there are.

        Asked once for a list and all its counts.
        """
        found = _found(self, text_parameters(self.query))
        if found.ids:
            return found
        return _found(self, {"query": " or ".join(tally.corrected(_split(self.query))), "unfinished": ""})

    @property
    def scope(self) -> str | None:
        """The name under which the counts of this list are kept; None if they are not."""
        if replace(self, category=None, sort="") != Filters():
            return None
        return f"c:{self.category.pk}" if self.category else "all"

    @property
    def is_plain(self) -> bool:
        """Say whether one plan suits all such lists: nothing is compared with what was asked for."""
        return replace(self, on_sale=False, sort="") == Filters()

    @property
    def is_shelf(self) -> bool:
        """Say whether it is a category as it is, the newest first."""
        return self.order == "newest" and replace(self, category=None, sort="") == Filters()

    def option_groups(self) -> dict[str, list[str]]:
        """Return {"size": ["o:size:M", "o:size:L"]}: values of one option widen the list, options narrow it."""
        groups: dict[str, list[str]] = {}
        for option in self.options:
            groups.setdefault(option.partition(":")[0], []).append(f"o:{option}")
        return groups


def find(filters: Filters, *, cursor: str | None = None, size: int = PAGE_SIZE) -> keyset.Page[Card]:
    """Return one page of public products as cards. Raises keyset.BadCursor."""
    return keyset.read(partial(_read, filters), order=SORTS[filters.order], cursor=cursor, size=size)


def _read(filters: Filters, part: keyset.Part) -> list[Card]:
    """One statement where its plan is the same whatever is asked for; else one to choose and one to show."""
    if filters.order == "relevance":
        return _best(filters.found, part)
    conditions, parameters = matches(filters)
    parameters |= part.parameters
    if filters.is_plain:
        return cards.read(filled(PLAIN, conditions, part), order=part.order, parameters=parameters)
    if filters.category and filters.is_shelf:
        placed = parameters | {"category": filters.category.pk}
        return cards.read(filled(PLACED, "", part), order=part.order, parameters=placed)
    return cards.ranked(_rows(filled(CHOSEN, conditions, part), parameters), parameters["now"])


def _found(filters: Filters, words: dict[str, str]) -> Found:
    conditions, parameters = _joined(_narrowing(filters))
    parameters |= words | {"now": timezone.now(), "pool": filters.pool}
    statement = FOUND.replace("<conditions>", conditions or "true").replace("<public>", PUBLIC)
    rows = (_rows if conditions else planned.rows)(statement, parameters)
    kinds = Counter(kind for kind, _ in rows)
    is_all = all(number < filters.pool for number in kinds.values())
    return Found(list(dict.fromkeys(pk for _, pk in rows)), is_all, words, parameters["now"])


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _best(found: Found, part: keyset.Part) -> list[Card]:
    if not found.ids:
        return []
    parameters = {"ids": found.ids, "now": found.now, **found.words, **part.parameters}
    return cards.read(filled(RANKED, "", part), order=part.order, parameters=parameters)


def filled(statement: str, conditions: str, part: keyset.Part) -> str:
    """Return one of the statements above for a page, with its conditions."""
    words = {"<conditions>": conditions, "<after>": part.condition, "<order>": part.order, "<most>": str(part.most)}
    for name, text in words.items():
        statement = statement.replace(name, text)
    return statement


def matches(filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the condition of public products that pass all filters, and its parameters."""
    words = [(f"product.search @@ {WORDS}", filters.found.words)] if filters.query else []
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


def found_by_words(query: str) -> list[int]:
    """Return the ids of products with the words, also of hidden ones; of many, up to POOL with them in titles."""
    statement = FOUND.replace("<conditions>", "true").replace("<public>", "true")
    rows = planned.rows(statement, {**text_parameters(query), "pool": POOL})
    return list(dict.fromkeys(pk for _, pk in rows))


def text_parameters(query: str) -> dict[str, str]:
    """Return the parameters of WORDS: all words as typed, or with the last one unfinished.

    Without a word in `query`, `unfinished` finds nothing.
    """
    words = _split(query)
    return {"query": query, "unfinished": " & ".join([*words[:-1], f"{words[-1]}:*"]) if words else ""}


def _split(query: str) -> list[str]:
    return re.findall(r"\w+", query.lower())
