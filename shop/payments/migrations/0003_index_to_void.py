from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('payments', '0002_to_void'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(models.OrderBy(models.F('checked_at'), nulls_first=True), models.F('id'), condition=models.Q(('to_void', True)), name='payment_to_void'),
        ),
    ]
