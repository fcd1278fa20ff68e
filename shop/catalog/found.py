# ruff: noqa: S608 - of constants
"""The statement of a search, which reads about as much among a million products as among ten thousand.

An index of words (GIN) reads all places of a word before the first is seen. So one product of 64 has places of its own
beside: where these are enough, of a word that many have, no other is read. And where two words of titles are frequent
and their pair is not, the pair has places of its own (migration 0007).

PostgreSQL makes all steps of a statement ready before it runs the first, also those that it then need not run. So each
variant has no others than it needs, and what is asked for twice is counted once.
"""

from enum import IntEnum
from typing import NamedTuple

from shop.catalog.tally import LIKEST

# Conditions and columns are SQL about the alias `product`. Shoppers may see, as ProductQuerySet.public() says:
PUBLIC = "product.published AND product.published_at <= %(now)s"
ENOUGH = 72  # products: where titles have as many, a search ends with them; where one of 64 products are, with those
SOME = 24  # titles with all words, which are then taken for complete: the last is not the beginning of another
RANK_SCALE = 100_000_000  # of ranks, which survive the way into a cursor and back as whole numbers


class Reach(IntEnum):
    """Where a search looks. All products decide it, and it holds for those as well that filters leave of them."""

    UNDECIDED = 0
    EVERYWHERE = 1  # for words and for the beginning of the last one
    COMPLETE = 2  # everywhere, for words
    BEGUN = 3  # in titles, for words and for the beginning of the last one
    TITLES = 4  # in titles, for words


class Search(NamedTuple):
    """Parts of a statement. `finds`: WITH the products that are `found`: id, kind, rank, facets, min_price, max_price.

    `told`: what filters count of these, each product's facets and those of the next divided by chr(127); and how it was
    searched. search.read() reads it.
    """

    finds: str
    told: str


TITLE = "to_tsvector('english'::regconfig, coalesce(product.title, ''))"
FEW = "id %% 64 = 0 AND"


def _kind(
    name: str, few: str, everything: str, *, seen: str = "", rank: str = "0", text: str = "0", most: str = "%(pool)s"
) -> str:
    """Products of one kind, without those that were seen: of the few, if these are enough, or of all.

    PostgreSQL has to plan for all rows, which is by an index, and then read a few: where it knows of a LIMIT it hopes
    to find them soon in the whole table, and reads all of that for a word that is nowhere. So the few are MATERIALIZED,
    and the LIMIT of all has an order, which is none: what is to be sorted is planned in full. What is public is looked
    for afterwards (OFFSET 0): nearly all is, and a plan for any moment would fetch all that from an index, too.
    """
    columns = f"id, published, published_at, facets, min_price, max_price, {text} AS text"
    table = f"SELECT {columns} FROM catalog_product AS product WHERE <conditions>"
    new = f" AND id <> ALL ({seen}::bigint[])" if seen else ""
    return f"""
{name}_few AS MATERIALIZED ({table} {few}),
{name} AS MATERIALIZED (SELECT id, {rank} AS rank, facets, min_price, max_price FROM (
SELECT * FROM {name}_few UNION ALL SELECT * FROM (
{table} NOT EXISTS (SELECT FROM {name}_few AS product WHERE <public> OFFSET %(enough)s - 1)
AND {everything} AND id %% 64 <> 0 OFFSET 0) AS rest
) AS product WHERE <public>{new} ORDER BY NULL::text LIMIT {most}),"""


def _titled(name: str, wanted: str, *, most: str = "%(pool)s") -> str:
    """Products with all words in their titles. `wanted`: what says which keys these have."""
    keys = f"catalog_title_keys(id, title) @> ({wanted})"
    return _kind(name, keys.format("*"), keys.format(""), most=most)


# Which titles have the words; the beginning that is looked for, if one is
BEGINS = f"""
begins AS MATERIALIZED (SELECT count(*) AS titles, coalesce(array_agg(id), '{{}}') AS ids,
CASE WHEN CASE %(reach)s::int WHEN {Reach.UNDECIDED:d} THEN count(*) < {SOME}
ELSE %(reach)s IN ({Reach.EVERYWHERE:d}, {Reach.BEGUN:d}) END
THEN to_tsquery('english', %(unfinished)s::text) END AS sought FROM titled),"""
BEGUN = f"{TITLE} @@ (SELECT sought FROM begins)"
COMPLETE = "websearch_to_tsquery('english', %(query)s::text)"
UNFINISHED = "coalesce(to_tsquery('english', %(unfinished)s::text), '')"
# How far the search reaches; which titles were found until then; what is looked for anywhere, if something is
REACH = f"""
reach AS MATERIALIZED (SELECT reach, ids, CASE reach WHEN {Reach.EVERYWHERE:d} THEN {COMPLETE} || {UNFINISHED}
WHEN {Reach.COMPLETE:d} THEN {COMPLETE} END AS sought
FROM (SELECT ids, CASE WHEN %(reach)s::int > {Reach.UNDECIDED:d} THEN %(reach)s
WHEN titles >= %(enough)s THEN {Reach.TITLES:d} WHEN titles >= {SOME} THEN {Reach.COMPLETE:d}
WHEN cardinality(ids) >= %(enough)s THEN {Reach.BEGUN:d} ELSE {Reach.EVERYWHERE:d} END AS reach
FROM (SELECT titles, ids || array(SELECT id FROM begun) AS ids FROM begins OFFSET 0) AS counted) AS decided),"""
ANYWHERE = "search @@ (SELECT sought FROM reach)"
RANK = f"""
CASE (SELECT reach FROM reach) WHEN {Reach.EVERYWHERE:d}
THEN (ts_rank(text, (SELECT sought FROM reach)) * {RANK_SCALE})::int ELSE 0 END
"""


TYPED = f"""
WITH {_titled("titled", "SELECT catalog_wanted_keys('{}', %(titled)s::text)")} {BEGINS}
{_kind("begun", f"{FEW} {BEGUN}", BEGUN, seen="(SELECT ids FROM begins)")} {REACH}
{_kind("anywhere", f"{FEW} {ANYWHERE}", ANYWHERE, seen="(SELECT ids FROM reach)", rank=RANK, text="search")}"""
# If nothing is found as typed, the likest words, and some titles with all of them
LIKELY = f"""
likely AS MATERIALIZED (SELECT string_agg(word, ' ' ORDER BY place) AS titled FROM ({LIKEST}) AS likest
WHERE (SELECT ids FROM reach) = '{{}}' AND NOT EXISTS (SELECT FROM anywhere)),"""
GUESSED = _titled("guessed", "SELECT catalog_wanted_keys('{}', titled) FROM likely", most="%(enough)s")


def _found(**kinds: int) -> str:
    """All kinds together; the higher its number, the better is a kind."""
    columns = "id, {0} AS kind, {1} + rank AS rank, facets, min_price, max_price"
    each = [f"SELECT {columns.format(kind, kind * RANK_SCALE)} FROM {name}" for name, kind in kinds.items()]
    return f"found AS NOT MATERIALIZED ({' UNION ALL '.join(each)})"


def _told(titled: str, words: str) -> str:
    """`titled`: the likest words, if it came to them. `words`: those by which titles were found."""
    counted = "count(*) FILTER (WHERE kind = {})"
    is_part = f"""
count(*) FILTER (WHERE id %% 64 = 0) >= %(enough)s OR {counted.format(1)} >= %(enough)s
OR greatest({counted.format(3)}, {counted.format(2)}, {counted.format(0)}) >= %(pool)s"""
    # How many products there are, and how many have each word
    known = f"""
SELECT concat_ws(' ', (SELECT coalesce(sum(n), 0) FROM catalog_tally WHERE scope = 'all' AND key = 'total'),
string_agg(n::text, ' '))
FROM (SELECT sum(n) AS n FROM catalog_tally WHERE scope = 'word' AND key = ANY({words}) GROUP BY key) AS known"""
    return f"""
string_agg(array_to_string(facets, chr(127)), chr(127)), string_agg(min_price::text, ' '),
string_agg(max_price::text, ' '), (SELECT reach FROM reach), {titled}, {is_part},
CASE WHEN {is_part} THEN ({known}) END"""


AS_TYPED = Search(TYPED + _found(titled=3, begun=2, anywhere=0), _told("NULL::text", "%(words)s::text[]"))
OR_GUESSED = Search(
    TYPED + LIKELY + GUESSED + _found(titled=3, begun=2, anywhere=0, guessed=1),
    _told(
        "(SELECT titled FROM likely)",
        "coalesce(string_to_array((SELECT titled FROM likely), ' '), %(words)s::text[])",
    ),
)
# served by product_title_keys, and by the indexes of titles' words and of all words, with those of few products

BESIDE = "SELECT json_build_array(<told>) FROM found"
IDS = "<finds> SELECT <told>, string_agg(id::text, ' '), string_agg(rank::text, ' ') FROM found"
PAGE = """
SELECT product.*, found.rank FROM (
SELECT id, rank::bigint AS rank FROM found AS product WHERE <after> ORDER BY <order> LIMIT <most>
) AS found JOIN catalog_product AS product USING (id)
"""
