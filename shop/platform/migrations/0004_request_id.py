from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0003_taken_until'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmessage',
            name='request_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64, verbose_name='request'),
        ),
    ]
