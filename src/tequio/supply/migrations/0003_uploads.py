"""Files that wait to be confirmed; what a batch corrects and how timely it was. Constant defaults: no table is rewritten."""

import django.db.models.deletion
import tequio.kernel.ids
from django.db import migrations, models

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0001_initial'),
        ('supply', '0002_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='corrects',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='supply.batch'),
        ),
        migrations.AddField(
            model_name='batch',
            name='timeliness',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=tequio.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('registry', models.CharField(max_length=30)),
                ('batch_key', models.CharField(blank=True, max_length=80)),
                ('file_name', models.CharField(max_length=255)),
                ('file_facts', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=150)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.agency')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supply.batch')),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'made_by'], name='supply_uplo_agency__4821e9_idx'), models.Index(fields=['made_at'], name='supply_uplo_made_at_21b6b4_idx')],
            },
        ),
        raise_wall("supply_upload", "agency_id"),
    ]
