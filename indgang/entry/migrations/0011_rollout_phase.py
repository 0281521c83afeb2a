import datetime

import django.contrib.postgres.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('entry', '0010_queue_terms'),
    ]

    operations = [
        migrations.CreateModel(
            name='RolloutPhase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('word', models.CharField(help_text='as conditions and messages of flows name it', max_length=40)),
            ],
            options={
                'ordering': ['valid_from'],
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='rolloutphase',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_rolloutphase_valid_forwards'),
        ),
        migrations.AddConstraint(
            model_name='rolloutphase',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_rolloutphase_one'),
        ),
    ]
