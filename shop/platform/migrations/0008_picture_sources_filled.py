"""Fill what pages show of the pictures that were there before, while pods show them and render others."""

from django.db import migrations

AT_ONCE = 10_000  # rows; each batch is a transaction of its own, so that no pod waits long for a row
# As shop.platform.renditions.sources() says
FILL = """
UPDATE platform_image SET
    fallback = coalesce((
        SELECT made ->> 'key' FROM jsonb_array_elements(renditions) AS made
        WHERE made ->> 'format' = 'jpeg' AND (made ->> 'width')::int <= 960 ORDER BY (made ->> 'width')::int DESC LIMIT 1
    ), key),
    webp = coalesce((
        SELECT string_agg(format('%%s %%sw', made ->> 'key', made ->> 'width'), ', ' ORDER BY (made ->> 'width')::int)
        FROM jsonb_array_elements(renditions) AS made WHERE made ->> 'format' = 'webp'
    ), ''),
    jpeg = coalesce((
        SELECT string_agg(format('%%s %%sw', made ->> 'key', made ->> 'width'), ', ' ORDER BY (made ->> 'width')::int)
        FROM jsonb_array_elements(renditions) AS made WHERE made ->> 'format' = 'jpeg'
    ), '')
WHERE id > %s AND id <= %s AND rendered_at IS NOT NULL AND fallback IS NULL
"""


def fill(apps, schema_editor):
    """May be stopped and run again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM platform_image")
        (last,) = cursor.fetchone()
        for low in range(0, last, AT_ONCE):
            cursor.execute(FILL, [low, low + AT_ONCE])


class Migration(migrations.Migration):

    atomic = False  # each batch for itself

    dependencies = [
        ('platform', '0007_picture_sources'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
