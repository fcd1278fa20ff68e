import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_lists_at_size'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='folded_into',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='folded', to='notifications.mail', verbose_name='told by'),
        ),
    ]
