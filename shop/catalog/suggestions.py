"""What a search box offers while somebody types: quick at any size, as all of it comes from indexes and is bounded."""

from dataclasses import dataclass

from shop.catalog import tally
from shop.catalog.cards import Card
from shop.catalog.listing import Filters, find

WORDS = 5
PRODUCTS = 5
SHORTEST = 2  # letters of a word that is completed


@dataclass(frozen=True)
class Suggestions:
    """`queries`: what was typed with its last word completed, the commonest first; `products`: the best of them."""

    queries: list[str]
    products: list[Card]


def suggest(typed: str) -> Suggestions:
    """Return suggestions for what was typed so far; none for less than SHORTEST letters."""
    before, _, last = typed.lower().strip().rpartition(" ")
    if len(last) < SHORTEST:
        return Suggestions([], [])
    words = tally.completions(last, most=WORDS)
    products = find(Filters(query=typed), size=PRODUCTS).rows
    return Suggestions([f"{before} {word}".strip() for word in words], products)
