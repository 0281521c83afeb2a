import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

#: What a queue says today is taken to have held ever since: nothing else is known of the days before.
_AS_EVER = """
INSERT INTO entry_queueterms
    (queue_id, valid_from, service_level_seconds, service_level_percent, wrap_up_seconds, reserved)
SELECT id, DATE '1900-01-01', service_level_seconds, service_level_percent, wrap_up_seconds, reserved FROM entry_queue;
SET CONSTRAINTS ALL IMMEDIATE;
"""
#: Back: what holds today.
_AS_TODAY = """
UPDATE entry_queue q SET service_level_seconds = t.service_level_seconds,
    service_level_percent = t.service_level_percent, wrap_up_seconds = t.wrap_up_seconds, reserved = t.reserved
FROM entry_queueterms t WHERE t.queue_id = q.id AND daterange(t.valid_from, t.valid_to) @> current_date;
SET CONSTRAINTS ALL IMMEDIATE;
"""
_SETTINGS = ("service_level_seconds", "service_level_percent", "wrap_up_seconds", "reserved")


class Migration(migrations.Migration):
    dependencies = [
        ('entry', '0009_working_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('service_level_seconds', models.PositiveSmallIntegerField(default=100, help_text='promised: answered within these')),
                ('service_level_percent', models.PositiveSmallIntegerField(default=80, help_text='the target: so many in time')),
                ('wrap_up_seconds', models.PositiveSmallIntegerField(default=60)),
                ('reserved', models.PositiveSmallIntegerField(default=0, help_text='free agents kept back for this queue')),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='entry.queue')),
            ],
            options={
                'ordering': ['queue', 'valid_from'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='queueterms',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_queueterms_valid_forwards'),
        ),
        migrations.AddConstraint(
            model_name='queueterms',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('queue', 'queue', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_queueterms_one'),
        ),
        migrations.RunSQL(_AS_EVER, _AS_TODAY),
        *(migrations.RemoveField(model_name='queue', name=name) for name in _SETTINGS),
    ]
