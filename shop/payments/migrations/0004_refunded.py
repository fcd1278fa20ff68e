from decimal import Decimal

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_index_to_void'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='refunded',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=2, default=Decimal('0'), editable=False, max_digits=12, verbose_name='given back'),
        ),
        AddConstraintNotValid(  # looks at no row while it locks the table; the next migration does
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded__gte', 0), ('refunded__lte', models.F('amount'))), name='payment_refunded_at_most'),
        ),
    ]
