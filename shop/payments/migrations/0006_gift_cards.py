import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_gift_card_amount'),
        ('payments', '0005_index_refunded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GiftCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('key_id', models.CharField(editable=False, max_length=8)),
                ('last_four', models.CharField(editable=False, max_length=4, verbose_name='last four characters')),
                ('currency', models.CharField(editable=False, max_length=3, verbose_name='currency')),
                ('issued', models.DecimalField(decimal_places=2, editable=False, max_digits=12, verbose_name='issued')),
                ('balance', models.DecimalField(decimal_places=2, editable=False, max_digits=12, verbose_name='balance')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('disabled_at', models.DateTimeField(editable=False, null=True, verbose_name='disabled')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name="recipient's e-mail")),
                ('message', models.TextField(blank=True, max_length=1000, verbose_name='message')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('issued_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by')),
                ('order', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gift_cards_sold', to='orders.order', verbose_name='sold by order')),
            ],
            options={
                'verbose_name': 'gift card',
                'verbose_name_plural': 'gift cards',
                'ordering': ['-id'],
                'indexes': [
                    models.Index(fields=['last_four', '-id'], name='gift_card_by_last_four'),
                    models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='gift_card_sold_by'),
                    models.Index(condition=models.Q(('issued_by__isnull', False)), fields=['issued_by'], name='gift_card_issued_by'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('issued__gt', 0)), name='gift_card_positive'),
                    models.CheckConstraint(condition=models.Q(('balance__gte', 0), ('balance__lte', models.F('issued'))), name='gift_card_balance_in_bounds'),
                ],
                'permissions': [('correct_giftcard', 'Can correct the balance of gift cards')],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='gift_card',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='payments.giftcard', verbose_name='gift card'),
        ),
        migrations.CreateModel(
            name='GiftCardEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issue', 'issued'), ('spend', 'spent'), ('give_back', 'given back'), ('correct', 'corrected')], max_length=10, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('step', models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ('actor', models.CharField(blank=True, max_length=254, verbose_name='by')),
                ('note', models.CharField(blank=True, max_length=400, verbose_name='note')),
                ('card', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.giftcard', verbose_name='gift card')),
                ('payment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gift_card_entries', to='payments.payment', verbose_name='payment')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
            ],
            options={
                'verbose_name': 'gift card entry',
                'verbose_name_plural': 'gift card entries',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['card', '-id'], name='gift_card_ledger')],
                'constraints': [
                    models.UniqueConstraint(fields=('payment', 'kind', 'step'), name='gift_card_entry_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind', 'issue'), ('payment', None)), models.Q(('amount__lt', 0), ('kind', 'spend'), ('payment__isnull', False), ('step', 0)), models.Q(('amount__gt', 0), ('kind', 'give_back'), ('payment__isnull', False), ('step__gt', 0)), models.Q(('kind', 'correct'), ('payment', None), models.Q(('amount', 0), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='gift_card_entry_is_whole'),
                ],
            },
        ),
        AddConstraintNotValid(  # looks at no row while it locks the table; the next migration does
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gift_card__isnull', False), ('method', 'gift_card')), models.Q(('gift_card__isnull', True), models.Q(('method', 'gift_card'), _negated=True)), _connector='OR'), name='payment_names_its_gift_card'),
        ),
    ]
