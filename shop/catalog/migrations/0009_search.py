"""A search among all products, which decides step by step how far it has to look: shop.catalog.found says how.

A function, as PostgreSQL makes all steps of one statement ready before it runs the first, also those that it then need
not run; and as its plans are kept by each connection of a pooler, too. Pods of the release before do not call it.
"""

from django.db import migrations

MANY = 100_000_000  # one kind of products is that much better than the next, as shop.catalog.found.RANK_SCALE
SOME = 24  # titles with all words, which are then taken for complete: the last is not the beginning of another
SEEN = "(hidden OR published AND published_at <= moment)"
TITLE = "to_tsvector('english'::regconfig, coalesce(product.title, ''))"
KEYS = "catalog_title_keys(id, title) @> catalog_wanted_keys('{}', titled)"


def add(kind: int, few: str, everything: str, *, rank: str = "0", text: str = "0", most: str = "pool") -> str:
    """Add products of one kind to what is found, without those that are: of the few, if these are enough, or of all.

    PostgreSQL has to plan for all rows, which is by an index, and then read a few: where it knows of a LIMIT it hopes
    to find them soon in the whole table, and reads all of that for a word that is nowhere. So the few are MATERIALIZED,
    and the LIMIT of all has an order, which is none: what is to be sorted is planned in full. What shoppers may see is
    looked for afterwards (OFFSET 0): nearly all is, and a plan for any moment would fetch all that from an index, too.
    """
    columns = f"id, published, published_at, facets, min_price, max_price, {text} AS words"
    table = f"SELECT {columns} FROM catalog_product AS product WHERE"
    return f"""
        WITH few AS MATERIALIZED ({table} {few})
        SELECT count(*) AS n, count(*) FILTER (WHERE id % 64 = 0) AS few, coalesce(array_agg(id), '{{}}') AS ids,
            coalesce(array_agg({kind * MANY} + {rank}), '{{}}')::bigint[] AS ranks,
            string_agg(array_to_string(facets, chr(127)), chr(127)) AS facets,
            string_agg(min_price::text, ',') AS low, string_agg(max_price::text, ',') AS high
        INTO more FROM (
            SELECT id, words, facets, min_price, max_price FROM (
                SELECT * FROM few UNION ALL SELECT * FROM (
                    {table} NOT EXISTS (SELECT FROM few WHERE {SEEN} OFFSET enough - 1)
                    AND {everything} AND id % 64 <> 0 OFFSET 0
                ) AS rest
            ) AS product WHERE {SEEN} AND id <> ALL (ids) ORDER BY NULL::text LIMIT {most}
        ) AS kind;
        ids := ids || more.ids;
        ranks := ranks || more.ranks;
        facets := array_append(facets, more.facets);
        low := array_append(low, more.low);
        high := array_append(high, more.high);
        sampled := sampled + more.few;
        is_part := is_part OR more.n >= {most};
    """


SEARCH = f"""
CREATE FUNCTION catalog_search(
    titled text, anywhere text, unfinished text, typed text[], pool int, enough int, moment timestamptz, hidden boolean,
    OUT ids bigint[], OUT ranks bigint[], OUT told text
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    most int := pool;
    sampled int := 0;
    is_part boolean := false;
    facets text[] := '{{}}';
    low text[] := '{{}}';
    high text[] := '{{}}';
    reach int;
    sought tsquery;
    guess text;
    known text;
    more record;
BEGIN
    ids := '{{}}';
    ranks := '{{}}';
    LOOP
        -- titles with all words
        {add(3, KEYS.format("*"), KEYS.format(""), most="most")}
        reach := CASE WHEN more.n >= enough THEN 4 WHEN more.n >= {SOME} THEN 2 END;
        IF reach IS NULL THEN
            -- titles with all words, the last of which is the beginning of one
            sought := to_tsquery('english', unfinished);
            {add(2, f"id % 64 = 0 AND {TITLE} @@ sought", f"{TITLE} @@ sought")}
            reach := CASE WHEN cardinality(ids) >= enough THEN 3 ELSE 1 END;
        END IF;
        IF reach <= 2 THEN
            -- the same anywhere
            sought := websearch_to_tsquery('english', anywhere) || CASE reach WHEN 1 THEN coalesce(sought, '') ELSE '' END;
            {add(
                0, "id % 64 = 0 AND search @@ sought", "search @@ sought", text="search",
                rank=f"CASE reach WHEN 1 THEN (ts_rank(words, sought) * {MANY})::int ELSE 0 END",
            )}
        END IF;
        EXIT WHEN ids <> '{{}}' OR guess IS NOT NULL;
        -- nothing: the same for the likest words, in titles with all of them, and else with any of them anywhere;
        -- of words as like the oldest, itself if none is like it. As the id is in no index of scopes, PostgreSQL goes
        -- by that of likeness (tally_words), and does not compare each word there is
        guess := (SELECT string_agg(word, ' ' ORDER BY place) FROM (
            SELECT each.place, coalesce(likely.key, each.word) AS word
            FROM unnest(typed) WITH ORDINALITY AS each (word, place) LEFT JOIN LATERAL (
                SELECT key, similarity(key, each.word) AS likeness, sum(n) AS n FROM catalog_tally
                WHERE scope = 'word' AND key % each.word GROUP BY key HAVING sum(n) > 0
                ORDER BY 2 DESC, 3 DESC, min(id) LIMIT 1
            ) AS likely ON true
        ) AS likest);
        EXIT WHEN guess IS NULL;
        titled := guess;
        anywhere := replace(guess, ' ', ' or ');
        unfinished := NULL;
        most := enough;
    END LOOP;
    is_part := is_part OR sampled >= enough;
    IF is_part THEN
        -- how many products there are, and how many have each word
        known := (SELECT concat_ws(' ', (
            SELECT coalesce(sum(n), 0) FROM catalog_tally WHERE scope = 'all' AND key = 'total'
        ), string_agg(n::text, ' ')) FROM (
            SELECT sum(n) AS n FROM catalog_tally
            WHERE scope = 'word' AND key = ANY(coalesce(string_to_array(guess, ' '), typed)) GROUP BY key
        ) AS words);
    END IF;
    told := json_build_array(
        array_to_string(facets, chr(127)), array_to_string(low, ','), array_to_string(high, ','),
        reach, guess, is_part, known
    );
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_picture_in_order'),
    ]

    operations = [
        migrations.RunSQL(SEARCH, "DROP FUNCTION catalog_search"),
    ]
