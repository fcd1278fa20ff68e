"""Indexes of which a search reads a part, whatever the catalogue's size; shop.catalog.found says how.

Built while pods sell and staff edit: about twenty seconds for a million products. Pods of the release before need to
know nothing of them.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
import django.db.models.lookups
from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently

MOST = 12  # words of a title that are paired; a longer title is found by its words in `search`
# What a title is found by: "blue", "cushion", "blue cushion" (words are sorted); and of one product of 64 "*blue" and so on
KEYS = f"""
CREATE OR REPLACE FUNCTION catalog_title_keys(id bigint, title text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    words text[] := tsvector_to_array(to_tsvector('english'::regconfig, title));
    keys text[] := words;
BEGIN
    FOR one IN 1 .. least(cardinality(words), {MOST}) LOOP
        FOR two IN one + 1 .. least(cardinality(words), {MOST}) LOOP
            keys := keys || (words[one] || ' ' || words[two]);
        END LOOP;
    END LOOP;
    IF id % 64 = 0 THEN
        FOR one IN 1 .. cardinality(keys) LOOP
            keys := keys || ('*' || keys[one]);
        END LOOP;
    END IF;
    RETURN keys;
END
$$
"""
# Which of these a title has that has all words of a query; NULL for a query without words, or with too many.
# `mark`: "*" to ask for one product of 64, "" for all
WANTED = f"""
CREATE OR REPLACE FUNCTION catalog_wanted_keys(mark text, query text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    words text[] := tsvector_to_array(to_tsvector('english'::regconfig, query));
    keys text[] := '{{}}';
BEGIN
    IF cardinality(words) = 1 THEN
        RETURN ARRAY[mark || words[1]];
    ELSIF cardinality(words) NOT BETWEEN 2 AND {MOST} THEN
        RETURN NULL;
    END IF;
    FOR one IN 1 .. cardinality(words) - 1 LOOP
        keys := keys || (mark || words[one] || ' ' || words[one + 1]);
    END LOOP;
    RETURN keys;
END
$$
"""
FEW = models.Q(django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(models.F('id'), '%%', models.Value(64)), 0))


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('catalog', '0006_placed'),
    ]

    operations = [
        migrations.RunSQL(KEYS, "DROP FUNCTION catalog_title_keys"),
        migrations.RunSQL(WANTED, "DROP FUNCTION catalog_wanted_keys"),
        AddIndexConcurrently(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('id'), models.F('title'), function='catalog_title_keys', output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), name='product_title_keys'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('title', config='english'), condition=FEW, name='product_title_words_few'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], condition=FEW, name='product_search_few'),
        ),
    ]
