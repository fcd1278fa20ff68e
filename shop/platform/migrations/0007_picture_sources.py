"""What pages show of a picture, ready to be shown. Pictures that the former release renders leave it empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('platform', '0006_pods_and_traces'),
    ]

    operations = [
        migrations.AddField('image', 'fallback', models.CharField(editable=False, max_length=200, null=True)),
        migrations.AddField('image', 'webp', models.TextField(editable=False, null=True)),
        migrations.AddField('image', 'jpeg', models.TextField(editable=False, null=True)),
    ]
