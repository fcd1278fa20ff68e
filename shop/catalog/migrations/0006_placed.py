"""Place the products that were there before the trigger, while pods sell and staff edit them."""

from django.db import migrations

BATCH = 10_000  # products whose rows are locked at once, for a fraction of a second
# A row that is changed meanwhile is waited for, and read as it is then; a new one is placed by the trigger
PLACE = """
INSERT INTO catalog_placement (product_id, category_id, published_at)
SELECT product.id, place.category_id, product.published_at FROM (
    SELECT id, published_at, facets FROM catalog_product WHERE published AND id > %s AND id <= %s FOR NO KEY UPDATE
) AS product, LATERAL catalog_places(product.facets) AS place
ON CONFLICT DO NOTHING
"""


def place(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM catalog_product")
        for low in range(0, cursor.fetchone()[0] or 0, BATCH):
            cursor.execute(PLACE, [low, low + BATCH])


class Migration(migrations.Migration):

    atomic = False  # each batch for itself

    dependencies = [
        ('catalog', '0005_placement'),
    ]

    operations = [
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
