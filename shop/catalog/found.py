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


def _kind(name: str, few: str, everything: str, *seen: str, rank: str = "0", most: str = "%(pool)s") -> str:
    """Products of one kind, without those that were seen: of the few, if these are enough, or of all.

    MATERIALIZED without a LIMIT makes PostgreSQL plan for all rows, which is by an index, and then read a few: with the
    LIMIT it hopes to find them soon in the whole table, and reads all of that for a word that is nowhere. What is
    public is looked for afterwards: nearly all is, and a plan for any moment would fetch all that from an index, too.
    """
    columns = f"id, published, published_at, facets, min_price, max_price, {rank} AS rank"
    table = f"SELECT {columns} FROM catalog_product AS product WHERE <conditions>"
    new = "".join(f" AND id NOT IN (SELECT id FROM {kind})" for kind in seen)
    return f"""
{name}_few AS MATERIALIZED ({table} {few}), {name}_rest AS MATERIALIZED ({table}
NOT EXISTS (SELECT FROM {name}_few AS product WHERE <public> OFFSET %(enough)s - 1)
AND {everything} AND id %% 64 <> 0),
{name} AS MATERIALIZED (SELECT id, rank, facets, min_price, max_price FROM (
SELECT * FROM {name}_few UNION ALL SELECT * FROM {name}_rest
) AS product WHERE <public>{new} LIMIT {most}),"""


def _titled(name: str, words: str, *, most: str = "%(pool)s") -> str:
    """Products with all words in their titles."""
    keys = f"catalog_title_keys(id, title) @> (SELECT catalog_wanted_keys('{{}}', {words}))"
    return _kind(name, keys.format("*"), keys.format(""), most=most)


# How many titles have the words; the beginning that is looked for, if one is
BEGINS = f"""
begins AS MATERIALIZED (SELECT count(*) AS titles, CASE WHEN CASE %(reach)s::int WHEN {Reach.UNDECIDED:d}
THEN count(*) < {SOME} ELSE %(reach)s IN ({Reach.EVERYWHERE:d}, {Reach.BEGUN:d}) END
THEN to_tsquery('english', %(unfinished)s::text) END AS sought FROM titled),"""
BEGUN = f"{TITLE} @@ (SELECT sought FROM begins)"
COMPLETE = "websearch_to_tsquery('english', %(query)s::text)"
UNFINISHED = "coalesce(to_tsquery('english', %(unfinished)s::text), '')"
# How far the search reaches, and what is looked for anywhere, if something is
REACH = f"""
reach AS MATERIALIZED (SELECT reach, CASE reach WHEN {Reach.EVERYWHERE:d} THEN {COMPLETE} || {UNFINISHED}
WHEN {Reach.COMPLETE:d} THEN {COMPLETE} END AS sought
FROM (SELECT CASE WHEN %(reach)s::int > {Reach.UNDECIDED:d} THEN %(reach)s
WHEN titles >= %(enough)s THEN {Reach.TITLES:d} WHEN titles >= {SOME} THEN {Reach.COMPLETE:d}
WHEN titles + begun >= %(enough)s THEN {Reach.BEGUN:d} ELSE {Reach.EVERYWHERE:d} END AS reach
FROM (SELECT (SELECT titles FROM begins) AS titles, count(*) AS begun FROM begun) AS counted) AS decided),"""
ANYWHERE = "search @@ (SELECT sought FROM reach)"
RANK = f"""
CASE (SELECT reach FROM reach) WHEN {Reach.EVERYWHERE:d}
THEN (ts_rank(search, (SELECT sought FROM reach)) * {RANK_SCALE})::int ELSE 0 END
"""


# What is found as typed; if that is nothing, some titles with the likest words
TYPED = f"""
WITH {_titled("titled", "%(titled)s::text")} {BEGINS} {_kind("begun", f"{FEW} {BEGUN}", BEGUN, "titled")} {REACH}
{_kind("anywhere", f"{FEW} {ANYWHERE}", ANYWHERE, "titled", "begun", rank=RANK)}"""
LIKELY = f"""
likely AS MATERIALIZED (SELECT string_agg(word, ' ' ORDER BY place) AS titled,
string_agg(word, ' or ' ORDER BY place) AS query FROM ({LIKEST}) AS likest
WHERE NOT EXISTS (SELECT FROM titled) AND NOT EXISTS (SELECT FROM begun) AND NOT EXISTS (SELECT FROM anywhere)),"""
LIKELY_TITLED, LIKELY_QUERY = "(SELECT titled FROM likely)", "(SELECT query FROM likely)"
GUESSED = f"{LIKELY} {_titled('guessed', LIKELY_TITLED, most='%(enough)s')}"


def _found(**kinds: int) -> str:
    """All kinds together; the higher its number, the better is a kind."""
    columns = "id, {0} AS kind, {1} + rank AS rank, facets, min_price, max_price"
    each = [f"SELECT {columns.format(kind, kind * RANK_SCALE)} FROM {name}" for name, kind in kinds.items()]
    return f"found AS NOT MATERIALIZED ({' UNION ALL '.join(each)})"


def _told(reach: str, titled: str, query: str, words: str) -> str:
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
string_agg(max_price::text, ' '), {reach}, {titled}, {query}, {is_part}, CASE WHEN {is_part} THEN ({known}) END"""


FOUND_REACH = "(SELECT reach FROM reach)"
AS_TYPED = Search(
    TYPED + _found(titled=3, begun=2, anywhere=0), _told(FOUND_REACH, "NULL::text", "NULL::text", "%(words)s::text[]")
)
OR_GUESSED = Search(
    TYPED + GUESSED + _found(titled=3, begun=2, anywhere=0, guessed=1),
    _told(
        f"CASE WHEN {LIKELY_TITLED} IS NULL THEN {FOUND_REACH} WHEN count(*) >= %(enough)s THEN {Reach.TITLES:d} "
        f"ELSE {Reach.UNDECIDED:d} END",
        LIKELY_TITLED,
        LIKELY_QUERY,
        f"coalesce(string_to_array({LIKELY_TITLED}, ' '), %(words)s::text[])",
    ),
)
# served by product_title_keys, and by the indexes of titles' words and of all words, with those of few products

BESIDE = "SELECT json_build_array(<told>) FROM found"
IDS = "<finds> SELECT <told>, string_agg(id::text, ' '), string_agg(rank::text, ' ') FROM found"
PAGE = """
SELECT product.*, found.rank FROM (
SELECT id, rank FROM found AS product WHERE <after> ORDER BY <order> LIMIT <most>
) AS found JOIN catalog_product AS product USING (id)
"""
