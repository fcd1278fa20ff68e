from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('payments', '0004_refunded'),
    ]

    operations = [
        ValidateConstraint(model_name='payment', name='payment_refunded_at_most'),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('refunded__gt', 0)), fields=['-id'], name='payment_refunded'),
        ),
    ]
