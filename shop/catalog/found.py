# ruff: noqa: S608 - of constants
"""The statement of a search, which reads about as much among a million products as among ten thousand.

An index of words (GIN) reads all places of a word before the first is seen. So one product of 64 has places of its own
beside: where these are enough, of a word that many have, no other is read. And where two words of titles are frequent
and their pair is not, the pair has places of its own (migration 0007).
"""

from enum import IntEnum

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


TITLE = "to_tsvector('english'::regconfig, coalesce(product.title, ''))"
TYPED = "SELECT %(titled)s::text AS titled, %(query)s::text AS query, %(unfinished)s::text AS unfinished"
LIKELY = f"""
SELECT string_agg(word, ' ' ORDER BY place) AS titled, string_agg(word, ' or ' ORDER BY place) AS query,
NULL AS unfinished FROM ({LIKEST}) AS likest
"""
WORDS = """
SELECT titled, query, websearch_to_tsquery('english', query) AS complete,
to_tsquery('english', unfinished) AS unfinished FROM (<words>) AS words
"""
# The beginning that is looked for, if one is
BEGINS = f"""
SELECT unfinished FROM words WHERE CASE %(reach)s::int WHEN {Reach.UNDECIDED:d}
THEN (SELECT count(*) FROM titled) < {SOME} ELSE %(reach)s IN ({Reach.EVERYWHERE:d}, {Reach.BEGUN:d}) END
"""
# How far the search reaches, and what is looked for anywhere, if something is
REACH = f"""
SELECT reach, CASE reach WHEN {Reach.EVERYWHERE:d} THEN coalesce(complete || unfinished, complete)
WHEN {Reach.COMPLETE:d} THEN complete END AS sought
FROM words, (SELECT CASE WHEN %(reach)s > {Reach.UNDECIDED:d} THEN %(reach)s
WHEN t >= %(enough)s THEN {Reach.TITLES:d} WHEN t >= {SOME} THEN {Reach.COMPLETE:d}
WHEN t + b >= %(enough)s THEN {Reach.BEGUN:d} ELSE {Reach.EVERYWHERE:d} END AS reach
FROM (SELECT (SELECT count(*) FROM titled) AS t, (SELECT count(*) FROM begun) AS b) AS counted) AS decided
"""
COLUMNS = "id, published, published_at, facets, min_price, max_price"
NO_TEXT = "NULL::tsvector AS search"  # none that is carried along; what titles say of themselves is not ranked


def _kind(name: str, few: str, everything: str, *seen: str, text: str = NO_TEXT, most: str = "%(pool)s") -> str:
    """Products of one kind, without those that were seen: of the few, if these are enough, or of all.

    MATERIALIZED without a LIMIT makes PostgreSQL plan for all rows, which is by an index, and then read a few: with the
    LIMIT it hopes to find them soon in the whole table, and reads all of that for a word that is nowhere. What is
    public is looked for afterwards: nearly all is, and a plan for any moment would fetch all that from an index, too.
    """
    table = f"SELECT {COLUMNS}, {text} FROM catalog_product AS product WHERE <conditions>"
    new = "".join(f" AND id NOT IN (SELECT id FROM {kind})" for kind in seen)
    return f"""
{name}_few AS MATERIALIZED ({table} {few}), {name}_rest AS MATERIALIZED ({table}
(SELECT count(*) FROM (SELECT FROM {name}_few AS product WHERE <public> LIMIT %(enough)s) AS counted) < %(enough)s
AND {everything} AND id %% 64 <> 0),
{name} AS MATERIALIZED (SELECT * FROM (SELECT * FROM {name}_few UNION ALL SELECT * FROM {name}_rest) AS product
WHERE <public>{new} LIMIT {most})"""


FEW = "id %% 64 = 0 AND"
KEYS = "catalog_title_keys(id, title) @> (SELECT catalog_wanted_keys('{}', titled) FROM {})"
BEGUN = f"{TITLE} @@ (SELECT unfinished FROM begins)"
ANYWHERE = "search @@ (SELECT sought FROM reach)"
RANK = f"""
CASE WHEN kind > 0 THEN kind * {RANK_SCALE} WHEN (SELECT reach FROM reach) > {Reach.EVERYWHERE:d} THEN 0
ELSE (ts_rank(search, (SELECT sought FROM reach)) * {RANK_SCALE})::int END
"""
GUESS = f"""
likely AS MATERIALIZED ({LIKELY} WHERE NOT EXISTS (SELECT FROM titled) AND NOT EXISTS (SELECT FROM begun)
AND NOT EXISTS (SELECT FROM anywhere)), {
    _kind("guessed", KEYS.format("*", "likely"), KEYS.format("", "likely"), most="%(enough)s")
},
"""
NO_GUESS = """
likely AS (SELECT NULL AS titled, NULL AS query), guessed AS (SELECT * FROM titled WHERE false),
"""


def _search(words: str, guess: str) -> str:
    """WITH the products that are `found`: id, kind, rank, facets, min_price, max_price."""
    return f"""
WITH words AS MATERIALIZED ({WORDS.replace("<words>", words)}),
{_kind("titled", KEYS.format("*", "words"), KEYS.format("", "words"))}, begins AS MATERIALIZED ({BEGINS}),
{_kind("begun", f"{FEW} {BEGUN}", BEGUN, "titled")}, reach AS MATERIALIZED ({REACH}),
{_kind("anywhere", f"{FEW} {ANYWHERE}", ANYWHERE, "titled", "begun", text="search")}, {guess}
kinds AS (SELECT 3 AS kind, * FROM titled UNION ALL SELECT 2, * FROM begun UNION ALL SELECT 0, * FROM anywhere
UNION ALL SELECT 1, * FROM guessed),
found AS NOT MATERIALIZED (SELECT id, kind, {RANK} AS rank, facets, min_price, max_price FROM kinds)"""


AS_TYPED = _search(TYPED, NO_GUESS)
OR_GUESSED = _search(TYPED, GUESS)  # if nothing is found, some titles with the likest words
CORRECTED = _search(LIKELY, NO_GUESS)
# served by product_title_keys, and by the indexes of titles' words and of all words, with those of few products

COUNTED = "count(*) FILTER (WHERE kind = {})"
IS_PART = f"""
count(*) FILTER (WHERE id %% 64 = 0) >= %(enough)s OR {COUNTED.format(1)} >= %(enough)s
OR greatest({COUNTED.format(3)}, {COUNTED.format(2)}, {COUNTED.format(0)}) >= %(pool)s
"""
GIVEN = "coalesce(string_to_array((SELECT titled FROM likely), ' '), %(words)s::text[])"
# How many products there are, and how many have each word
KNOWN = f"""
SELECT string_agg(n::text, ' ' ORDER BY scope, n) FROM (
SELECT scope, sum(n) AS n FROM catalog_tally
WHERE scope = 'all' AND key = 'total' OR scope = 'word' AND key = ANY({GIVEN}) GROUP BY scope, key
) AS known"""
# Of `found`: what filters count, the parts divided by chr(127); then how it was searched
TOLD = f"""
string_agg(array_to_string(facets, chr(127)), chr(127)), string_agg(min_price::text, ' '),
string_agg(max_price::text, ' '),
CASE WHEN (SELECT titled FROM likely) IS NULL THEN (SELECT reach FROM reach)
WHEN count(*) >= %(enough)s THEN {Reach.TITLES:d} ELSE {Reach.UNDECIDED:d} END,
coalesce((SELECT titled FROM likely), (SELECT titled FROM words)),
coalesce((SELECT query FROM likely), (SELECT query FROM words)),
{IS_PART}, CASE WHEN {IS_PART} THEN ({KNOWN}) END
"""
REACH_AT = 3  # its place there
IDS = f"SELECT {TOLD}, string_agg(id::text, ' '), string_agg(rank::text, ' ') FROM found"
BESIDE = f"SELECT json_build_array({TOLD}) FROM found"
PAGE = """
SELECT product.*, found.rank FROM (
SELECT id, rank FROM found AS product WHERE <after> ORDER BY <order> LIMIT <most>
) AS found JOIN catalog_product AS product USING (id)
"""
