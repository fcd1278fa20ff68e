"""A search without filters, with all that its page shows: one statement, and so one moment.

The same as the tree, `listing.find()` and `facets.facets()` one after another. With filters a search is read by these.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import orjson

from shop.catalog import cards, found, listing, search, tree
from shop.catalog.cards import Card
from shop.catalog.search import POOL, Found
from shop.catalog.tree import Node
from shop.platform import keyset

NodesOf = Callable[[str], tuple[Node, ...]]


class Statement(NamedTuple):
    """The parts that `cards.read_beside` asks for."""

    before: str
    beside: tuple[str, str]


def _statements(categories: str) -> tuple[Statement, Statement]:
    """For words as typed, or some products with the likest words; and where these are not enough, for those."""
    either, typed = [
        Statement(search.statement(kind.finds), (categories, found.BESIDE.replace("<told>", kind.told)))
        for kind in (found.OR_GUESSED, found.AS_TYPED)
    ]
    return either, typed


WITH_TREE, WITH_ROOTS = _statements(tree.TREE), _statements(tree.ROOTS)


class Results(NamedTuple):
    """`categories`: the whole tree or its roots, in the shop's order. `found`: without ranks, which the page has."""

    categories: tuple[Node, ...]
    page: keyset.Page[Card]
    found: Found


def read(
    query: str, *, cursor: str | None = None, size: int = listing.PAGE_SIZE, pool: int = POOL, roots: bool = False
) -> Results | None:
    """Return what a search finds, for words as typed or corrected; None for nothing. Raises keyset.BadCursor.

    `roots`: read no more of the categories.
    """
    given = search.parameters(query, pool=pool) | {"described": ""}
    either, typed = WITH_ROOTS if roots else WITH_TREE
    nodes_of = tree.roots_of if roots else tree.nodes_of
    results = _read(either, given, nodes_of, cursor=cursor, size=size)
    if not results.found.reach:
        results = _read(typed, search.corrected(given, results.found), nodes_of, cursor=cursor, size=size)
    return results if results.page.rows else None


def _read(statement: Statement, given: dict[str, Any], nodes_of: NodesOf, *, cursor: str | None, size: int) -> Results:
    beside: list[str] = []
    run = partial(_cards, statement, given, beside)
    page = keyset.read(run, order=listing.SORTS["relevance"], cursor=cursor, size=size)
    return Results(nodes_of(beside[0]), page, search.read(orjson.loads(beside[1]), given, ranked=[]))


def _cards(statement: Statement, given: dict[str, Any], beside: list[str], part: keyset.Part) -> list[Card]:
    """Return the cards of one page, and put into `beside` what else was read."""
    shown, more = cards.read_beside(
        statement.beside,
        listing.filled(found.PAGE, "", part),
        order=part.order,
        parameters=given | part.parameters,
        before=statement.before,
    )
    beside.extend(more)
    return shown
