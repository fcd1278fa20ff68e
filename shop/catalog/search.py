"""What a search finds, with what the filters beside it count; and which words it goes by: as typed, or the likest."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from shop.catalog.found import AS_TYPED, CORRECTED, ENOUGH, FOUND, PUBLIC, TITLE, Reach
from shop.platform.postgresql import planned

POOL = 240  # products of each kind that a search looks at
OPERATORS = re.compile(r'"|(?:^|\s)-\w|\bor\b', re.IGNORECASE)  # of websearch_to_tsquery


@dataclass(frozen=True)
class Found:
    """What a search found: (rank, id) of products, the best first, and whether they are all there are.

    `facets`: how many of them have each; `low`, `high`: their lowest and highest prices, sorted. `words`: parameters of
    the statement, as typed or corrected. `now`: the moment for which it was asked.
    """

    ranked: list[tuple[int, int]]
    is_all: bool
    facets: Counter[str]
    low: list[float]
    high: list[float]
    reach: Reach
    words: dict[str, str | None]
    now: datetime

    @property
    def ids(self) -> list[int]:
        return [pk for _, pk in self.ranked]


def find(query: str, *, pool: int = POOL) -> Found:
    """Return what all products together have for a query: for the words as typed; if there is none, for the likest."""
    found = _for_all(text_parameters(query), pool=pool)
    return found if found.ranked else _for_all({"words": split(query)}, pool=pool, words=CORRECTED)


def found_by_words(query: str) -> list[int]:
    """Return the ids of products with the words, also of hidden ones; of many, up to POOL with them in titles."""
    return _for_all(text_parameters(query), public="true").ids


def _for_all(typed: dict[str, Any], *, pool: int = POOL, words: str = AS_TYPED, public: str = PUBLIC) -> Found:
    given = {"reach": Reach.UNDECIDED, "pool": pool, "enough": min(ENOUGH, pool), "now": timezone.now()}
    return _ask(words, public, given | typed)


def narrow(found: Found, conditions: str, parameters: dict[str, Any], *, pool: int = POOL) -> Found:
    """Return the same search among products that meet conditions: SQL and its parameters."""
    given = {"reach": found.reach, "pool": pool, "enough": min(ENOUGH, pool), "now": found.now}
    return _ask(AS_TYPED, PUBLIC, given | found.words | parameters, f"{conditions} AND")


def _ask(words: str, public: str, parameters: dict[str, Any], conditions: str = "") -> Found:
    (row,) = planned.rows(_statement(words, public, conditions), parameters)
    return _read(row, parameters)


def _statement(words: str, public: str, conditions: str) -> str:
    return FOUND.replace("<words>", words).replace("<public>", public).replace("<conditions>", conditions)


def _read(row: tuple[Any, ...], parameters: dict[str, Any]) -> Found:
    ids, ranks, facets, low, high, reach, titled, query, is_part = row
    return Found(
        ranked=sorted(zip(_numbers(ranks), _numbers(ids), strict=True), reverse=True),
        is_all=not is_part,
        facets=Counter((facets or "").split("\x1f")),
        low=sorted(map(float, (low or "").split())),
        high=sorted(map(float, (high or "").split())),
        reach=Reach(reach),
        words={"titled": titled, "query": query, "unfinished": parameters.get("unfinished")},
        now=parameters["now"],
    )


def _numbers(text: str | None) -> Iterable[int]:
    return map(int, (text or "").split())


def matching(found: Found) -> tuple[str, dict[str, Any]]:
    """Return the condition of the products that a search means, of which it ranks some, and its parameters."""
    complete, unfinished = "websearch_to_tsquery('english', %(query)s)", "to_tsquery('english', %(unfinished)s)"
    if found.reach == Reach.TITLES:
        return f"{TITLE} @@ plainto_tsquery('english', %(titled)s)", found.words
    if found.reach == Reach.BEGUN:
        return f"{TITLE} @@ {unfinished}", found.words
    if found.reach == Reach.COMPLETE or not found.words["unfinished"]:
        return f"product.search @@ {complete}", found.words
    return f"product.search @@ ({complete} || {unfinished})", found.words


def text_parameters(query: str) -> dict[str, str | None]:
    """Return the words as typed: for titles that have all of them, for anywhere, and with the last one unfinished.

    Operators ("or", a minus, quotation marks) are for anywhere alone.
    """
    words = split(query)
    if not words or OPERATORS.search(query):
        return {"titled": None, "query": query, "unfinished": None}
    return {"titled": query, "query": query, "unfinished": " & ".join([*words[:-1], f"{words[-1]}:*"])}


def split(query: str) -> list[str]:
    return re.findall(r"\w+", query.lower())
