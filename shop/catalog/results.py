"""A search without filters, with all that its page shows: one statement, and so one moment.

The same as the tree, `listing.find()` and `facets.facets()` one after another. With filters a search is read by these.
"""

from functools import partial
from typing import Any, NamedTuple

import orjson

from shop.catalog import cards, found, listing, search, tree
from shop.catalog.cards import Card
from shop.catalog.search import POOL, Found
from shop.catalog.tree import Node
from shop.platform import keyset

STATEMENTS = [search.statement(each) for each in (found.OR_GUESSED, found.CORRECTED)]


class Results(NamedTuple):
    """`categories`: the whole tree, in the shop's order. `found`: without ranks, which the page has."""

    categories: tuple[Node, ...]
    page: keyset.Page[Card]
    found: Found


def read(query: str, *, cursor: str | None = None, size: int = listing.PAGE_SIZE, pool: int = POOL) -> Results | None:
    """Return what a search finds, for words as typed or corrected; None for nothing. Raises keyset.BadCursor."""
    given = search.parameters(query, pool=pool) | {"described": ""}
    for statement in STATEMENTS:
        beside: list[str] = []
        run = partial(_cards, statement, given, beside)
        page = keyset.read(run, order=listing.SORTS["relevance"], cursor=cursor, size=size)
        if page.rows:
            told = orjson.loads(beside[1] or "[]")
            if told[found.REACH_AT]:
                return Results(tree.nodes_of(beside[0]), page, search.read(told, given, ranked=[]))
    return None


def _cards(statement: str, given: dict[str, Any], beside: list[str], part: keyset.Part) -> list[Card]:
    """Return the cards of one page, and put into `beside` what else was read."""
    shown, more = cards.read_beside(
        (tree.TREE, found.BESIDE),
        listing.filled(found.PAGE, "", part),
        order=part.order,
        parameters=given | part.parameters,
        before=statement,
    )
    beside.extend(more)
    return shown
