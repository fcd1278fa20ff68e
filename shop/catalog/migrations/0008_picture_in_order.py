from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('catalog', '0007_few'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='productimage',
            index=models.Index(fields=['product', 'position', 'id'], name='picture_in_order'),
        ),
    ]
