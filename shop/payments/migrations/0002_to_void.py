from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='to_void',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
