from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('cart', '0002_voucher'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='cart',
            index=models.Index(condition=models.Q(('voucher__isnull', False)), fields=['voucher'], name='cart_with_voucher'),
        ),
    ]
