"""Counts beside lists, kept by PostgreSQL itself with each change of a product.

What was there before is counted by the housekeeping (shop.catalog.tally.count_first), as that takes a while; an empty
catalogue is counted already. Pods of the release before need to know nothing of it.
"""

from django.db import migrations, models

# What a published product adds one to: (scope, key). The price ranges are those of shop.catalog.listing.
TALLIED = """
CREATE FUNCTION catalog_tallied(facets varchar[], low numeric, high numeric, words text)
RETURNS TABLE (scope text, key text) LANGUAGE sql STABLE AS $$
    SELECT scopes.scope, keys.key FROM (
        SELECT 'all' UNION ALL SELECT facet FROM unnest(facets) AS facet WHERE facet LIKE 'c:%'
    ) AS scopes (scope), (
        SELECT facet FROM unnest(facets) AS facet WHERE facet LIKE 'c:%' OR facet LIKE 'o:%'
        UNION ALL SELECT 'total'
        UNION ALL SELECT 'price:0' WHERE low <= 10
        UNION ALL SELECT 'price:1' WHERE high >= 10 AND low <= 20
        UNION ALL SELECT 'price:2' WHERE high >= 20 AND low <= 50
        UNION ALL SELECT 'price:3' WHERE high >= 50 AND low <= 100
        UNION ALL SELECT 'price:4' WHERE high >= 100 AND low <= 200
        UNION ALL SELECT 'price:5' WHERE high >= 200 AND low <= 500
        UNION ALL SELECT 'price:6' WHERE high >= 500 AND low <= 1000
        UNION ALL SELECT 'price:7' WHERE high >= 1000
    ) AS keys (key)
    UNION ALL
    SELECT 'word', word FROM unnest(tsvector_to_array(to_tsvector('simple', words))) AS word
    WHERE length(word) BETWEEN 3 AND 40 AND word ~ '^[[:alpha:]]'
$$
"""
WORDS = "concat_ws(' ', p.title, p.vendor, p.product_type, array_to_string(p.tags, ' '))"
OF_IT = f"LATERAL catalog_tallied(p.facets, p.min_price, p.max_price, {WORDS}) AS t"
SAME = (
    "removed.published = added.published AND removed.facets = added.facets AND removed.min_price = added.min_price "
    "AND removed.max_price = added.max_price AND removed.title = added.title AND removed.vendor = added.vendor "
    "AND removed.product_type = added.product_type AND removed.tags = added.tags"
)
CHANGE = f"""
CREATE FUNCTION catalog_tally_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO catalog_tally (scope, key, n)
        SELECT t.scope, t.key, count(*) FROM added AS p, {OF_IT} WHERE p.published GROUP BY 1, 2;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO catalog_tally (scope, key, n)
        SELECT t.scope, t.key, -count(*) FROM removed AS p, {OF_IT} WHERE p.published GROUP BY 1, 2;
    ELSE
        INSERT INTO catalog_tally (scope, key, n)
        SELECT changes.scope, changes.key, sum(changes.n) FROM (
            SELECT t.scope, t.key, 1 AS n FROM added AS p, {OF_IT}
            WHERE p.published AND NOT EXISTS (
                SELECT FROM removed, added WHERE removed.id = p.id AND added.id = p.id AND {SAME})
            UNION ALL
            SELECT t.scope, t.key, -1 FROM removed AS p, {OF_IT}
            WHERE p.published AND NOT EXISTS (
                SELECT FROM removed, added WHERE removed.id = p.id AND added.id = p.id AND {SAME})
        ) AS changes GROUP BY 1, 2 HAVING sum(changes.n) <> 0;
    END IF;
    RETURN NULL;
END
$$
"""
TRIGGERS = [
    f"CREATE TRIGGER catalog_tally_{name} AFTER {name.upper()} ON catalog_product REFERENCING {tables} "
    "FOR EACH STATEMENT EXECUTE FUNCTION catalog_tally_change()"
    for name, tables in (
        ("insert", "NEW TABLE AS added"),
        ("update", "OLD TABLE AS removed NEW TABLE AS added"),
        ("delete", "OLD TABLE AS removed"),
    )
]
EMPTY = """
INSERT INTO catalog_tally (scope, key, n)
SELECT 'counted', 'all', 1 WHERE NOT EXISTS (SELECT FROM catalog_product)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=200)),
                ('key', models.CharField(max_length=200)),
                ('n', models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(TALLIED, "DROP FUNCTION catalog_tallied"),
        migrations.RunSQL(CHANGE, "DROP FUNCTION catalog_tally_change"),
        *(migrations.RunSQL(trigger, f"DROP TRIGGER {trigger.split()[2]} ON catalog_product") for trigger in TRIGGERS),
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
    ]
