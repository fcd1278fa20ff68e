from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('cart', '0004_gift_card'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='cart',
            index=models.Index(condition=models.Q(('gift_card__isnull', False), ('state', 'open')), fields=['updated_at'], name='cart_with_gift_card'),
        ),
    ]
