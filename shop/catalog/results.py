"""A search without filters, with all that its page shows: one statement, and so one moment.

The same as the tree, `listing.find()` and `facets.facets()` one after another. With filters a search is read by these.
"""

from functools import partial
from typing import Any, NamedTuple

from shop.catalog import cards, found, listing, search, tree
from shop.catalog.cards import Card
from shop.catalog.search import POOL, Found
from shop.catalog.tree import Node
from shop.platform import keyset

BEFORE = f"WITH searched AS MATERIALIZED ({found.SEARCHED})"


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
    beside: list[str] = []
    run = partial(_cards, tree.ROOTS if roots else tree.TREE, given, beside)
    page = keyset.read(run, order=listing.SORTS["relevance"], cursor=cursor, size=size)
    if not page.rows:
        return None
    categories, told = beside
    nodes = tree.roots_of(categories) if roots else tree.nodes_of(categories)
    return Results(nodes, page, search.read(told, given, ranked=[]))


def _cards(categories: str, given: dict[str, Any], beside: list[str], part: keyset.Part) -> list[Card]:
    """Return the cards of one page, and put into `beside` what else was read. `categories`: how these are."""
    shown, more = cards.read_beside(
        (categories, found.BESIDE),
        listing.filled(found.PAGE, "", part),
        order=part.order,
        parameters=given | part.parameters,
        before=BEFORE,
    )
    beside.extend(more)
    return shown
