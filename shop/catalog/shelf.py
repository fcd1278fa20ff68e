"""A category as it is, the newest first, with all that its page shows: one statement, and so one moment.

The same as the tree, `listing.find()` and `facets.facets()` one after another, which are three statements in a
transaction: asking takes longer than what is asked for. With filters a list is read by these.
"""

from collections import Counter
from functools import partial
from typing import NamedTuple

import orjson
from django.utils import timezone

from shop.catalog import cards, listing, tally, tree
from shop.catalog.cards import Card
from shop.catalog.tree import Node
from shop.platform import keyset

ITSELF = "(SELECT itself.id FROM catalog_category AS itself WHERE itself.slug = %(described)s::text)"
SOURCE = listing.PLACED.replace("%(category)s::bigint", ITSELF)
COUNTS = tally.KEPT.replace("%(scope)s::text", f"'c:' || {ITSELF}")
COUNTED = f"SELECT json_object_agg(beside.key, beside.n) FROM ({COUNTS}) AS beside (key, n)"  # noqa: S608


class Shelf(NamedTuple):
    """`categories`: the whole tree, in the shop's order. `counts`: as tally.counts() says."""

    categories: tuple[Node, ...]
    page: keyset.Page[Card]
    counts: Counter[str]


def read(slug: str, *, cursor: str | None = None, size: int = listing.PAGE_SIZE) -> Shelf | None:
    """Return a category by its slug. Raises keyset.BadCursor.

    None where one statement does not tell all: nothing is in it, or there is none; its products are not counted yet;
    or a product waits for its moment, which is in the counts already.
    """
    beside: list[str] = []
    page = keyset.read(partial(_cards, slug, beside), order=listing.SORTS["newest"], cursor=cursor, size=size)
    if not page.rows or page.rows[0].until:
        return None
    counts = orjson.loads(beside[1] or "{}")
    if not counts.pop("counted", 0):
        return None
    return Shelf(tree.nodes_of(beside[0]), page, Counter(counts))


def _cards(slug: str, beside: list[str], part: keyset.Part) -> list[Card]:
    """Return the cards of one page, and put into `beside` what else was read."""
    parameters = {"described": slug, "now": timezone.now(), **part.parameters}
    found, more = cards.read_beside(
        (tree.TREE, COUNTED), listing.filled(SOURCE, "", part), order=part.order, parameters=parameters
    )
    beside.extend(more)
    return found
