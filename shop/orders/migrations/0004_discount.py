from decimal import Decimal

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Constraints look at no row while they lock the tables; the next migration does."""

    dependencies = [
        ('orders', '0003_tracking'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='discount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=2, default=Decimal('0'), editable=False, max_digits=12, verbose_name='discount'),
        ),
        migrations.AddField(
            model_name='order',
            name='voucher_code',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=40, verbose_name='voucher'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='discount',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=2, default=Decimal('0'), max_digits=12, verbose_name='discount'),
        ),
        migrations.RemoveConstraint(
            model_name='order',
            name='order_adds_up',
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('total', models.F('subtotal') + models.F('shipping_price') - models.F('discount'))), name='order_adds_up'),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0)), name='order_discount_not_negative'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('discount__lte', models.F('total'))), name='order_line_discount_at_most'),
        ),
    ]
