# Indexes from which a page of a list of hits is read whole. Builds two and drops two: O(hits).

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0001_initial'),
        ('targets', '0004_second_reader'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='hit',
            name='hit_list',
        ),
        migrations.RemoveIndex(
            model_name='hit',
            name='hit_of_target',
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['agency', 'state', 'below_threshold', '-exact', '-score', '-id'], include=('band',), name='hit_listed'),
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['agency', 'target', '-exact', '-score', '-id'], include=('state', 'below_threshold', 'band'), name='hit_by_target'),
        ),
    ]
