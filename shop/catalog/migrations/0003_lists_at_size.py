import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from shop.platform.postgresql.indexes import AddIndexConcurrently


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY

    dependencies = [
        ('catalog', '0002_tally'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='tally',
            index=models.Index(fields=['scope', 'key'], include=['n'], name='tally_of_scope'),
        ),
        AddIndexConcurrently(
            model_name='tally',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('scope', 'word')), fields=['key'], name='tally_words', opclasses=['gin_trgm_ops']),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('compare_at_price__gt', models.F('min_price')), ('published', True)), name='product_on_sale'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=models.Index(condition=models.Q(('published', True)), fields=['max_price'], name='product_up_to'),
        ),
        AddIndexConcurrently(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('title', config='english'), name='product_title_words'),
        ),
        RemoveIndexConcurrently(
            model_name='product',
            name='product_title_trigrams',
        ),
    ]
