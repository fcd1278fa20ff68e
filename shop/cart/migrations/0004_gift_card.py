import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cart', '0003_index_voucher'),
        ('payments', '0006_gift_cards'),
    ]

    operations = [
        migrations.AddField(
            model_name='cart',
            name='gift_card',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='payments.giftcard'),
        ),
    ]
