"""Take tags and vendors out of what lists filter by: no list does, and each search read them of all it found.

Pods of the release before go on writing them, and bear it that they are gone; what these save meanwhile is found by fsck,
which repairs it.
"""

from django.db import migrations

AT_ONCE = 1_000  # products; each batch is a transaction of its own, so that no editor waits long for a row
TRIM = """
UPDATE catalog_product SET facets = ARRAY(
    SELECT facet FROM unnest(facets) WITH ORDINALITY AS each (facet, place)
    WHERE facet NOT LIKE 'tag:%%' AND facet NOT LIKE 'vendor:%%' ORDER BY place
) WHERE id > %s AND id <= %s AND EXISTS (
    SELECT FROM unnest(facets) AS facet WHERE facet LIKE 'tag:%%' OR facet LIKE 'vendor:%%'
)
"""


def trim(apps, schema_editor):
    """May be stopped and run again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM catalog_product")
        (last,) = cursor.fetchone()
        for low in range(0, last, AT_ONCE):
            cursor.execute(TRIM, [low, low + AT_ONCE])


class Migration(migrations.Migration):

    atomic = False  # each batch for itself

    dependencies = [
        ('catalog', '0009_search'),
    ]

    operations = [
        migrations.RunPython(trim, migrations.RunPython.noop),
    ]
