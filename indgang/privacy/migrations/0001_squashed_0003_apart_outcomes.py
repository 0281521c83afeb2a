import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('privacy', '0001_retention'), ('privacy', '0002_data_subjects'), ('privacy', '0003_apart_outcomes')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by_id', models.TextField()),
                ('by_label', models.TextField()),
                ('why', models.CharField(max_length=300)),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('emails', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('parties', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('enquiries', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('waits', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, help_text='kinds of which something is in use', size=None)),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('outcome', models.CharField(blank=True, default='', max_length=20)),
                ('days', models.PositiveIntegerField(blank=True, null=True)),
                ('valid_from', models.DateField()),
                ('at', models.DateTimeField()),
                ('by_id', models.TextField(help_text='stable id of who decided it, as in the audit trail')),
                ('by_label', models.TextField()),
                ('why', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['kind', 'outcome', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'outcome', 'valid_from'), name='privacy_rule_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Scrubbing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(max_length=40)),
                ('table', models.CharField(max_length=60)),
                ('outcome', models.CharField(blank=True, default='', max_length=20)),
                ('days', models.PositiveIntegerField(default=0)),
                ('before', models.DateTimeField(blank=True, null=True)),
                ('request', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-day', 'kind', 'table', 'outcome'],
                'constraints': [models.UniqueConstraint(fields=('day', 'kind', 'table', 'outcome', 'days', 'request'), name='privacy_scrubbing_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='ScrubbingProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('table', models.CharField(max_length=60)),
                ('outcome', models.CharField(blank=True, default='', max_length=20)),
                ('apart', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('clean_until', models.DateTimeField(blank=True, null=True)),
                ('night', models.DateField()),
                ('position_time', models.DateTimeField(blank=True, null=True)),
                ('position_key', models.CharField(blank=True, default='', max_length=40)),
                ('done', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'table', 'outcome'), name='privacy_progress_one')],
            },
        ),
        migrations.CreateModel(
            name='SubjectSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('by_id', models.TextField()),
                ('by_label', models.TextField()),
                ('why', models.CharField(max_length=300)),
                ('asked', models.CharField(blank=True, default='', help_text='number, e-mail or name', max_length=200)),
                ('action', models.CharField(help_text='search, copy, confirm or erase', max_length=10)),
                ('parties', models.PositiveIntegerField(default=0, help_text='how many were found')),
                ('enquiries', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
    ]
