# ruff: noqa: S608 - of constants
"""Statements of a search, which read about as much among a million products as among ten thousand.

An index of words (GIN) reads all places of a word before the first is seen. So one product of 64 has places of its own
beside: where these are enough, of a word that many have, no other is read. And where two words of titles are frequent
and their pair is not, the pair has places of its own (migration 0007).

Among all products a function (migration 0009) decides how far a search has to look. What filters leave of these
products is looked for as far, by a statement of what that needs.
"""

from enum import IntEnum
from typing import NamedTuple

# Conditions and columns are SQL about the alias `product`. Shoppers may see, as ProductQuerySet.public() says:
PUBLIC = "product.published AND product.published_at <= %(now)s"
ENOUGH = 72  # products: where titles have as many, a search ends with them; where one of 64 products are, with those
SOME = 24  # titles with all words, which are then taken for complete (migration 0009)
RANK_SCALE = 100_000_000  # of ranks, which survive the way into a cursor and back as whole numbers


class Reach(IntEnum):
    """How far a search looks. It is decided by all products, and then holds also for those that filters leave."""

    EVERYWHERE = 1  # for words and for the beginning of the last one
    COMPLETE = 2  # everywhere, for words
    BEGUN = 3  # in titles, for words and for the beginning of the last one
    TITLES = 4  # in titles, for words


# One row: `ids` and `ranks` of what was found, and what is `told` of it, which search.read() reads: a JSON list of each
# product's facets, and those of the next, divided by chr(127); lowest and highest prices; reach; the likest words, if
# it came to these; whether there may be more; and how many products there are, and how many have each word
SEARCHED = """
SELECT * FROM catalog_search(%(titled)s::text, %(query)s::text, %(unfinished)s::text, %(words)s::text[],
%(pool)s::int, %(enough)s::int, %(now)s::timestamptz, %(hidden)s::boolean)
"""
BESIDE = "SELECT told FROM searched"
PAGE = """
SELECT product.*, found.rank FROM (
SELECT id, rank FROM (SELECT unnest(ids), unnest(ranks) FROM searched) AS product (id, rank)
WHERE <after> ORDER BY <order> LIMIT <most>
) AS found JOIN catalog_product AS product USING (id)
"""

TITLE = "to_tsvector('english'::regconfig, coalesce(product.title, ''))"
KEYS = "catalog_title_keys(id, title) @> (SELECT catalog_wanted_keys('{}', %(titled)s::text))"
FEW = "id %% 64 = 0"
UNFINISHED = "to_tsquery('english', %(unfinished)s::text)"
COMPLETE = "websearch_to_tsquery('english', %(query)s::text)"
EITHER = f"({COMPLETE} || coalesce({UNFINISHED}, ''))"


# Which products a search of each reach means, however many there are
MEANT = {
    Reach.TITLES: f"{TITLE} @@ plainto_tsquery('english', %(titled)s::text)",
    Reach.BEGUN: f"{TITLE} @@ {UNFINISHED}",
    Reach.COMPLETE: f"product.search @@ {COMPLETE}",
    Reach.EVERYWHERE: f"product.search @@ {EITHER}",
}


class Kind(NamedTuple):
    """Products that have the words at one place. `place`: the higher, the better; `few`, `everything`: conditions.

    `rank`: how well one of them fits, by its `text`.
    """

    name: str
    place: int
    few: str
    everything: str
    rank: str = "0"
    text: str = "0"


TITLED = Kind("titled", 3, KEYS.format("*"), KEYS.format(""))
BEGUN = Kind("begun", 2, f"{FEW} AND {TITLE} @@ {UNFINISHED}", f"{TITLE} @@ {UNFINISHED}")
WHOLE = Kind("anywhere", 0, f"{FEW} AND search @@ {COMPLETE}", f"search @@ {COMPLETE}")
RANK = f"(ts_rank(text, {EITHER}) * {RANK_SCALE})::int"
RANKED = Kind("anywhere", 0, f"{FEW} AND search @@ {EITHER}", f"search @@ {EITHER}", RANK, "search")
KINDS = {
    Reach.TITLES: (TITLED,),
    Reach.BEGUN: (TITLED, BEGUN),
    Reach.COMPLETE: (TITLED, WHOLE),
    Reach.EVERYWHERE: (TITLED, BEGUN, RANKED),
}


def narrowed(reach: Reach, conditions: str) -> str:
    """Return a statement that says the same as SEARCHED of those products that meet conditions."""
    return _NARROWED[reach].replace("<conditions>", conditions)


def _narrowed(reach: Reach) -> str:
    kinds = KINDS[reach]
    each = [_kind(kind, [before.name for before in kinds[:place]]) for place, kind in enumerate(kinds)]
    columns = "id, {0} AS place, {0} * {1}::bigint + rank AS rank, facets, min_price, max_price"
    found = [f"SELECT {columns.format(kind.place, RANK_SCALE)} FROM {kind.name}" for kind in kinds]
    largest = ", ".join(f"count(*) FILTER (WHERE place = {kind.place})" for kind in kinds)
    return f"""
WITH {", ".join(each)}
SELECT coalesce(array_agg(id), '{{}}'), coalesce(array_agg(rank), '{{}}'), json_build_array(
string_agg(array_to_string(facets, chr(127)), chr(127)), string_agg(min_price::text, ','),
string_agg(max_price::text, ','), {reach:d}, NULL,
count(*) FILTER (WHERE {FEW}) >= %(enough)s OR greatest({largest}) >= %(pool)s, NULL
)::text FROM ({" UNION ALL ".join(found)}) AS found"""


def _kind(kind: Kind, seen: list[str]) -> str:
    """Products of one kind without those seen as another: of the few, if these are enough, or of all.

    Migration 0009 reads them in the same way, and says why.
    """
    columns = f"id, published, published_at, facets, min_price, max_price, {kind.text} AS text"
    table = f"SELECT {columns} FROM catalog_product AS product WHERE <conditions> AND"
    new = "".join(f" AND id NOT IN (SELECT id FROM {other})" for other in seen)
    return f"""
{kind.name}_few AS MATERIALIZED ({table} {kind.few}),
{kind.name} AS MATERIALIZED (SELECT id, {kind.rank} AS rank, facets, min_price, max_price FROM (
SELECT * FROM {kind.name}_few UNION ALL SELECT * FROM (
{table} NOT EXISTS (SELECT FROM {kind.name}_few AS product WHERE {PUBLIC} OFFSET %(enough)s - 1)
AND {kind.everything} AND id %% 64 <> 0 OFFSET 0) AS rest
) AS product WHERE {PUBLIC}{new} ORDER BY NULL::text LIMIT %(pool)s)"""


_NARROWED = {reach: _narrowed(reach) for reach in Reach}
# served by product_title_keys, and by the indexes of titles' words and of all words, with those of few products
