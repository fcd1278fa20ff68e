from django.db import migrations, models
from django.db.models.functions import Upper

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('notifications', '0004_folding'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(Upper('to'), 'sent_at', condition=models.Q(('sent_at__isnull', False)), name='mail_sent_lately'),
        ),
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(condition=models.Q(('folded_into__isnull', False)), fields=['folded_into'], name='mail_folded'),
        ),
    ]
