from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('catalog', '0003_lists_at_size'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(('published', False)), name='product_hidden'),
        ),
    ]
