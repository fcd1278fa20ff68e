"""Which products a category's list has, in the order of the list, kept by PostgreSQL with each change of a product.

Pods of the release before need to know nothing of it.
"""

from django.db import migrations, models

PLACES = """
CREATE FUNCTION catalog_places(facets varchar[]) RETURNS TABLE (category_id bigint) LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT substr(facet, 3)::bigint FROM unnest(facets) AS facet WHERE facet ~ '^c:[0-9]+$'
$$
"""
PLACE = """
CREATE FUNCTION catalog_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM catalog_placement WHERE product_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.published THEN
        INSERT INTO catalog_placement (product_id, category_id, published_at)
        SELECT NEW.id, place.category_id, NEW.published_at FROM catalog_places(NEW.facets) AS place;
    END IF;
    RETURN NULL;
END
$$
"""
CHANGED = (
    "OLD.published <> NEW.published OR OLD.published_at <> NEW.published_at OR OLD.facets <> NEW.facets "
    "OR OLD.id <> NEW.id"
)
TRIGGERS = [
    f"CREATE TRIGGER catalog_placement_{name} AFTER {name.upper()} ON catalog_product "
    f"FOR EACH ROW {condition} EXECUTE FUNCTION catalog_place()"
    for name, condition in (("insert", "WHEN (NEW.published)"), ("update", f"WHEN ({CHANGED})"), ("delete", ""))
]


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_hidden'),
    ]

    operations = [
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('pk', models.CompositePrimaryKey('product_id', 'category_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('product_id', models.BigIntegerField()),
                ('category_id', models.BigIntegerField()),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('category_id'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('product_id'), descending=True), name='placement_newest')],
            },
        ),
        migrations.RunSQL(PLACES, "DROP FUNCTION catalog_places"),
        migrations.RunSQL(PLACE, "DROP FUNCTION catalog_place"),
        *(migrations.RunSQL(trigger, f"DROP TRIGGER {trigger.split()[2]} ON catalog_product") for trigger in TRIGGERS),
    ]
