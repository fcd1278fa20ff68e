from django.db import migrations, models
from django.db.models.functions import Upper

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('notifications', '0002_doubts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(condition=models.Q(('sent_at', None)), fields=['-created_at'], name='mail_unsent'),
        ),
        AddIndexConcurrently(
            model_name='mail',
            index=models.Index(Upper('to'), name='mail_by_address'),
        ),
    ]
