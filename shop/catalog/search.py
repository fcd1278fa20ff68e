"""What a search finds, and the counts for the filters beside it; for the words as typed, or for the most similar."""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from django.utils import timezone

from shop.catalog import found as found_by
from shop.catalog.found import ENOUGH, Reach
from shop.platform.postgresql import planned

POOL = 192  # products of each kind that a search looks at: eight pages
OPERATORS = re.compile(r'"|(?:^|\s)-\w|\bor\b', re.IGNORECASE)  # of websearch_to_tsquery


@dataclass(frozen=True)
class Found:
    """What a search found: (rank, id) of products, the best first; how many, and whether they are all there are.

    `facets`: how many of them have each; `low`, `high`: their lowest and highest prices, sorted. `expected`: how many
    there are where these are not all; None if nobody knows. `words`: parameters of the statement, as typed or
    corrected. `now`: the moment for which it was asked. `guess`: the likest words, where those typed were nowhere.
    """

    ranked: list[tuple[int, int]]
    total: int
    is_all: bool
    facets: Counter[str]
    low: list[float]
    high: list[float]
    expected: float | None
    reach: Reach
    words: dict[str, str | None]
    now: datetime
    guess: str = ""


def find(query: str, *, pool: int = POOL) -> Found:
    """Return what all products together have for a query: for the words as typed; if there is none, for the likest."""
    return _ask(found_by.SEARCHED, parameters(query, pool=pool))


def found_by_words(query: str) -> list[int]:
    """Return the ids of products with the words, also of hidden ones; of many, up to POOL with them in titles."""
    as_typed = parameters(query, pool=POOL) | {"words": [], "hidden": True}
    return [pk for _, pk in _ask(found_by.SEARCHED, as_typed).ranked]


def narrow(found: Found, conditions: str, more: dict[str, Any], *, pool: int = POOL) -> Found:
    """Return the same search among products that meet conditions: SQL and its parameters."""
    given = {"pool": pool, "enough": min(ENOUGH, pool), "now": found.now, **found.words, **more}
    return replace(_ask(found_by.narrowed(found.reach, conditions), given), words=found.words, guess=found.guess)


def _ask(statement: str, given: dict[str, Any]) -> Found:
    ((ids, ranks, told),) = planned.rows(statement, given)
    return read(told, given, ranked=sorted(zip(ranks, ids, strict=True), reverse=True))


def parameters(query: str, *, pool: int) -> dict[str, Any]:
    """Return the parameters of a search among all products."""
    given = {"pool": pool, "enough": min(ENOUGH, pool), "now": timezone.now(), "hidden": False}
    return given | text_parameters(query)


def read(told: str, given: dict[str, Any], *, ranked: list[tuple[int, int]]) -> Found:
    """Return what a statement told."""
    facets, low, high, reach, likely, is_part, known = orjson.loads(told)
    prices = [sorted(orjson.loads(f"[{text or ''}]")) for text in (low, high)]
    words = _words(given, likely)
    return Found(
        ranked=ranked,
        total=len(prices[0]),
        is_all=not is_part,
        facets=Counter((facets or "").split("\x7f")),
        low=prices[0],
        high=prices[1],
        expected=_expected(known, len((words["titled"] or "").split())) if reach == Reach.TITLES else None,
        reach=Reach(reach),
        words=words,
        now=given["now"],
        guess=likely if likely and likely.split() != given["words"] else "",
    )


def _words(given: dict[str, Any], likely: str | None) -> dict[str, str | None]:
    """Return what was looked for: what was typed, or products with any of the likest words."""
    if likely is None:
        return {name: given[name] for name in ("titled", "query", "unfinished")}
    return {"titled": likely, "query": " or ".join(likely.split(" ")), "unfinished": None}


def _expected(known: str | None, words: int) -> float | None:
    """Return how many titles have all words, if each is as frequent beside the others; None if not all are known."""
    total, *each = map(float, (known or "0").split())
    each.sort()
    return total * math.prod(n / total for n in each) if total > 0 and len(each) == words else None


def matching(found: Found) -> tuple[str, dict[str, Any]]:
    """Return the condition of the products that a search means, of which it ranks some, and its parameters."""
    return found_by.MEANT[found.reach], found.words


def text_parameters(query: str) -> dict[str, Any]:
    """Return the words as typed: for titles that have all of them, for anywhere, and with the last one unfinished.

    Operators ("or", a minus, quotation marks) are for anywhere alone.
    """
    words = re.findall(r"\w+", query.lower())
    if not words or OPERATORS.search(query):
        return {"titled": None, "query": query, "unfinished": None, "words": words}
    unfinished = " & ".join([*words[:-1], f"{words[-1]}:*"])
    return {"titled": query, "query": query, "unfinished": unfinished, "words": words}
