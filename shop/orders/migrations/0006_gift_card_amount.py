from decimal import Decimal

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_discount_validated'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='gift_card_amount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=2, default=Decimal('0'), editable=False, max_digits=12, verbose_name='by gift card'),
        ),
        AddConstraintNotValid(  # looks at no row while it locks the table; the next migration does
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('gift_card_amount__gte', 0), ('gift_card_amount__lte', models.F('total'))), name='order_gift_card_at_most'),
        ),
    ]
