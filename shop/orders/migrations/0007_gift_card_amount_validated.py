from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_gift_card_amount'),
    ]

    operations = [
        ValidateConstraint(model_name='order', name='order_gift_card_at_most'),
    ]
