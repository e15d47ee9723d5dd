# Who said what of a hit, validations and reviews of a target, and the index that lists of hits read. Builds two indexes: O(hits).

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0001_initial'),
        ('targets', '0003_walls'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='hit',
            name='targets_hit_agency__1a4dab_idx',
        ),
        migrations.AddField(
            model_name='hit',
            name='said',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='target',
            name='reviewed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='validated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='hit',
            name='state',
            field=models.CharField(choices=[('abierta', 'abierta'), ('propuesta', 'propuesta'), ('discrepancia', 'discrepancia'), ('confirmada', 'confirmada'), ('rechazada', 'rechazada'), ('dudosa', 'dudosa')], default='abierta', max_length=12),
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['agency', 'state', 'below_threshold', '-exact', '-score', '-id'], name='hit_list'),
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['agency', 'target', 'state'], name='hit_of_target'),
        ),
    ]
