# Records of a hit, thresholds, and runs over everything. Locks the hits while their records are written: O(hits).

import django.db.models.deletion
import tequio.kernel.ids
from django.db import migrations, models


# Each hit there is has one record, whose day and whether an identifier agrees exactly are read from what the hit keeps.
_RECORDS_OF_HITS = """
INSERT INTO targets_hitrecord (hit_id, target_id, agency_id, registry, record_id, version, record_agency_id, day, standing,
    score, band, exact, explanation, summary, joined_at, updated_at)
SELECT h.id, h.target_id, h.agency_id, h.registry, h.record_id, h.record_version, h.record_agency_id,
    nullif(h.record_summary ->> 'detenida_el', '')::date, h.record_standing, h.score, h.band,
    EXISTS (
        SELECT 1 FROM jsonb_array_elements(h.explanation -> 'features') AS f
        WHERE f ->> 'level' = 'igual'
            AND (f ->> 'feature' = 'CURP' OR (f ->> 'feature' = 'RFC' AND (f ->> 'weight')::float > 0))
    ),
    h.explanation, h.record_summary, h.opened_at, h.updated_at
FROM targets_hit h
"""
_FACES = """
UPDATE targets_hit h SET exact = r.exact AND r.standing = 'vigente', event_day = r.day
FROM targets_hitrecord r WHERE r.hit_id = h.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('institutions', '0001_initial'),
        ('targets', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HitRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registry', models.CharField(max_length=30)),
                ('record_id', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('day', models.DateField(null=True)),
                ('standing', models.CharField(choices=[('vigente', 'vigente'), ('ya_no_coincide', 'ya_no_coincide'), ('registro_cancelado', 'registro_cancelado')], default='vigente', max_length=20)),
                ('score', models.FloatField()),
                ('band', models.CharField(max_length=20)),
                ('exact', models.BooleanField(default=False)),
                ('explanation', models.JSONField()),
                ('summary', models.JSONField(default=dict)),
                ('joined_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Rescreening',
            fields=[
                ('id', models.UUIDField(default=tequio.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('en_curso', 'en_curso'), ('por_aplicar', 'por_aplicar'), ('aplicandose', 'aplicandose'), ('aplicada', 'aplicada'), ('abandonada', 'abandonada')], default='en_curso', max_length=12)),
                ('algorithm', models.CharField(max_length=80)),
                ('key_version', models.PositiveIntegerField()),
                ('alert_threshold', models.FloatField()),
                ('started_by', models.CharField(max_length=150)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('applied_by', models.CharField(blank=True, default='', max_length=150)),
                ('applied_at', models.DateTimeField(null=True)),
                ('position', models.BigIntegerField(default=0)),
                ('last_entry', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('entries_done', models.BigIntegerField(default=0)),
                ('pairs', models.BigIntegerField(default=0)),
                ('found', models.BigIntegerField(default=0)),
                ('targets', models.BigIntegerField(default=0)),
                ('applied_to', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RescreeningChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registry', models.CharField(max_length=30)),
                ('record_id', models.UUIDField()),
                ('record_version', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('nueva', 'nueva'), ('sube', 'sube'), ('baja', 'baja'), ('igual', 'igual'), ('ya_no_coincide', 'ya_no_coincide'), ('vuelve_a_coincidir', 'vuelve_a_coincidir'), ('reabierta', 'reabierta')], max_length=20)),
                ('score_before', models.FloatField(null=True)),
                ('score_now', models.FloatField()),
                ('band_before', models.CharField(blank=True, default='', max_length=20)),
                ('band_now', models.CharField(max_length=20)),
                ('below_threshold', models.BooleanField(default=False)),
                ('explanation', models.JSONField()),
                ('outcome', models.CharField(choices=[('pendiente', 'pendiente'), ('aplicado', 'aplicado'), ('recalculado', 'recalculado'), ('ya_no_procede', 'ya_no_procede')], default='pendiente', max_length=14)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='hit',
            name='one_hit_per_pair',
        ),
        migrations.RemoveIndex(
            model_name='hit',
            name='targets_hit_registr_61714c_idx',
        ),
        migrations.RemoveIndex(
            model_name='hit',
            name='targets_hit_agency__862568_idx',
        ),
        migrations.AddField(
            model_name='hit',
            name='below_threshold',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='hit',
            name='event_day',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='hit',
            name='exact',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='hit',
            name='record_count',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='judgement',
            name='explanation',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='target',
            name='own_threshold',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='targetevent',
            name='detail',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='hitevent',
            name='kind',
            field=models.CharField(choices=[('abierta', 'abierta'), ('evidencia_cambiada', 'evidencia_cambiada'), ('ya_no_coincide', 'ya_no_coincide'), ('vuelve_a_coincidir', 'vuelve_a_coincidir'), ('registro_cancelado', 'registro_cancelado'), ('objetivo_suspendido', 'objetivo_suspendido'), ('objetivo_reanudado', 'objetivo_reanudado'), ('objetivo_cerrado', 'objetivo_cerrado'), ('juzgada', 'juzgada'), ('reabierta', 'reabierta'), ('registro_unido', 'registro_unido'), ('registro_separado', 'registro_separado'), ('bajo_umbral', 'bajo_umbral'), ('sobre_umbral', 'sobre_umbral'), ('modelo_cambiado', 'modelo_cambiado')], max_length=24),
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['agency', 'state', 'below_threshold', '-exact', '-score'], name='targets_hit_agency__1a4dab_idx'),
        ),
        migrations.AddIndex(
            model_name='hit',
            index=models.Index(fields=['target', 'event_day'], name='targets_hit_target__f66616_idx'),
        ),
        migrations.AddField(
            model_name='hitrecord',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.agency'),
        ),
        migrations.AddField(
            model_name='hitrecord',
            name='hit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='targets.hit'),
        ),
        migrations.AddField(
            model_name='hitrecord',
            name='record_agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.agency'),
        ),
        migrations.AddField(
            model_name='hitrecord',
            name='target',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.target'),
        ),
        migrations.AddConstraint(
            model_name='rescreening',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'en_curso')), fields=('state',), name='one_rescreening_at_a_time'),
        ),
        migrations.AddField(
            model_name='rescreeningchange',
            name='agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='institutions.agency'),
        ),
        migrations.AddField(
            model_name='rescreeningchange',
            name='hit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.hit'),
        ),
        migrations.AddField(
            model_name='rescreeningchange',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='targets.rescreening'),
        ),
        migrations.AddField(
            model_name='rescreeningchange',
            name='target',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.target'),
        ),
        migrations.AddIndex(
            model_name='hitrecord',
            index=models.Index(fields=['registry', 'record_id'], name='targets_hit_registr_a8493e_idx'),
        ),
        migrations.AddConstraint(
            model_name='hitrecord',
            constraint=models.UniqueConstraint(fields=('target', 'registry', 'record_id'), name='one_record_per_target'),
        ),
        migrations.AddIndex(
            model_name='rescreeningchange',
            index=models.Index(fields=['run', 'agency', 'kind'], name='targets_res_run_id_8e37c7_idx'),
        ),
        migrations.AddIndex(
            model_name='rescreeningchange',
            index=models.Index(fields=['run', 'id'], name='targets_res_run_id_b454d8_idx'),
        ),
        migrations.AddConstraint(
            model_name='rescreeningchange',
            constraint=models.UniqueConstraint(fields=('run', 'target', 'registry', 'record_id'), name='one_change_per_pair'),
        ),
        migrations.RunSQL(_RECORDS_OF_HITS, migrations.RunSQL.noop),
        migrations.RunSQL(_FACES, migrations.RunSQL.noop),
    ]
