"""Rows of days and months beside those of quarters, and by which formula they were counted.

The rows that exist are added up here. They were counted by version 1 of the facts, so `indgang figures rebuild` is due.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

_COPENHAGEN = "(quarter AT TIME ZONE 'Europe/Copenhagen')::date"
_MONTH = "date_trunc('month', quarter AT TIME ZONE 'Europe/Copenhagen')::date"
_ADD_UP = """
WITH part AS (
    SELECT {day} AS day, measure, centre, queue, {service} AS service, {purpose} AS purpose, channel, level, outcome,
           whole, part, short, milliseconds, target_points, buckets, counts
    FROM measures_rollup
), bucket AS (
    SELECT day, measure, centre, queue, service, purpose, channel, level, outcome, b, sum(n) AS n
    FROM part, unnest(buckets, counts) AS held(b, n) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), histogram AS (
    SELECT day, measure, centre, queue, service, purpose, channel, level, outcome,
           array_agg(b ORDER BY b) AS buckets, array_agg(n::int ORDER BY b) AS counts
    FROM bucket GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), sums AS (
    SELECT day, measure, centre, queue, service, purpose, channel, level, outcome, sum(whole) AS whole,
           sum(part) AS part, sum(short) AS short, sum(milliseconds) AS milliseconds, sum(target_points) AS points
    FROM part GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
INSERT INTO measures_summedrollup (grain, day, measure, centre, queue, service, purpose, channel, level, outcome,
    whole, part, short, milliseconds, target_points, buckets, counts)
SELECT '{grain}', day, measure, centre, queue, service, purpose, channel, level, outcome, whole, part, short,
       milliseconds, points, coalesce(buckets, '{{}}'), coalesce(counts, '{{}}')
FROM sums LEFT JOIN histogram USING (day, measure, centre, queue, service, purpose, channel, level, outcome)
"""
_NOTHING = {"service": "''", "purpose": "''"}
_ADDING_UP = [
    _ADD_UP.format(grain="day", day=_COPENHAGEN, service="service", purpose="purpose"),
    _ADD_UP.format(grain="day_queues", day=_COPENHAGEN, **_NOTHING),
    _ADD_UP.format(grain="month_queues", day=_MONTH, **_NOTHING),
    "INSERT INTO measures_rollupstate (id, facts_version) SELECT 1, 1 WHERE EXISTS (SELECT FROM measures_rollup)",
]


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0002_rollup'),
    ]

    operations = [
        migrations.CreateModel(
            name='RollupState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facts_version', models.PositiveSmallIntegerField(help_text='rollups.facts.FACTS_VERSION')),
            ],
        ),
        migrations.CreateModel(
            name='SummedRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(help_text='rollups.facts.Measure', max_length=20)),
                ('centre', models.CharField(blank=True, default='', max_length=60)),
                ('queue', models.CharField(blank=True, default='', max_length=60)),
                ('service', models.CharField(blank=True, default='', max_length=100)),
                ('purpose', models.CharField(blank=True, default='', max_length=80)),
                ('channel', models.CharField(blank=True, default='', max_length=10)),
                ('level', models.SmallIntegerField(default=1)),
                ('outcome', models.CharField(blank=True, default='', max_length=20)),
                ('whole', models.IntegerField(default=0)),
                ('part', models.IntegerField(default=0)),
                ('short', models.IntegerField(default=0)),
                ('milliseconds', models.BigIntegerField(default=0)),
                ('target_points', models.IntegerField(default=0)),
                ('buckets', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, size=None)),
                ('counts', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('grain', models.CharField(help_text='rollups.grains.Grain', max_length=12)),
                ('day', models.DateField(help_text='in Copenhagen')),
            ],
            options={
                'ordering': ['grain', 'day', 'measure', 'centre', 'queue'],
                'constraints': [models.UniqueConstraint(fields=('grain', 'day', 'measure', 'centre', 'queue', 'service', 'purpose', 'channel', 'level', 'outcome'), name='measures_summedrollup_key')],
            },
        ),
        *[migrations.RunSQL(each, migrations.RunSQL.noop) for each in _ADDING_UP],
    ]
