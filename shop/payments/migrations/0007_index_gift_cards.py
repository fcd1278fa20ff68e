from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('payments', '0006_gift_cards'),
    ]

    operations = [
        ValidateConstraint(model_name='payment', name='payment_names_its_gift_card'),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('method', 'gift_card'), ('refunded__lt', models.F('amount')), ('state', 'refund_due')), fields=['id'], name='payment_to_credit'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('gift_card__isnull', False)), fields=['gift_card'], name='payment_by_gift_card'),
        ),
    ]
