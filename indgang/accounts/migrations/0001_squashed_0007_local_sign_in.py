import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import indgang.accounts.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_web_editor'), ('accounts', '0003_submission'), ('accounts', '0004_username_folded'), ('accounts', '0005_one_each'), ('accounts', '0006_sign_on'), ('accounts', '0007_local_sign_in')]

    initial = True

    dependencies = [
        ('catalogue', '0001_squashed_0005_public_site'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('provider', models.CharField(max_length=30)),
                ('value', models.CharField(help_text='the group as the provider writes it', max_length=200)),
                ('role', models.CharField(choices=[('agent', 'agent'), ('case_worker', 'case_worker'), ('subject_coordinator', 'subject_coordinator'), ('web_editor', 'web_editor'), ('team_leader', 'team_leader'), ('planner', 'planner'), ('owner', 'owner'), ('administrator', 'administrator')], max_length=40)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claim_rules', to='catalogue.unit')),
            ],
            options={
                'ordering': ['provider', 'value', 'role'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='accounts_claimrule_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('provider', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('provider', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('value', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('value', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='accounts_claimrule_once')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('username_folded', indgang.accounts.models.FoldedUsername(editable=False, max_length=200, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('language', models.CharField(choices=[('da', 'Dansk'), ('en', 'English')], default='da', max_length=5)),
                ('is_active', models.BooleanField(default=True)),
                ('must_change_password', models.BooleanField(default=False)),
                ('is_break_glass', models.BooleanField(default=False, help_text='for the day the identity provider is down')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='catalogue.directoryentry')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
                ('provider', models.CharField(max_length=30)),
                ('subject', models.CharField(help_text="the provider's own and lasting name of the person", max_length=255)),
                ('connected_at', models.DateTimeField()),
                ('last_used', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'identities',
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='accounts_identity_subject_once'), models.UniqueConstraint(fields=('provider', 'person'), name='accounts_identity_person_once')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('agent', 'agent'), ('case_worker', 'case_worker'), ('subject_coordinator', 'subject_coordinator'), ('web_editor', 'web_editor'), ('team_leader', 'team_leader'), ('planner', 'planner'), ('owner', 'owner'), ('administrator', 'administrator')], max_length=40)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to='catalogue.unit')),
                ('provider', models.CharField(blank=True, default='', help_text='whose groups give it; empty: somebody gave it by hand', max_length=30)),
            ],
            options={
                'ordering': ['person', 'role'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='accounts_roleassignment_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('person', 'person', models.Value('[]'), function='int8range'), '&&'), (models.Func(django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='accounts_roleassignment_once')],
            },
        ),
        migrations.CreateModel(
            name='RoleSignOn',
            fields=[
                ('role', models.CharField(choices=[('agent', 'agent'), ('case_worker', 'case_worker'), ('subject_coordinator', 'subject_coordinator'), ('web_editor', 'web_editor'), ('team_leader', 'team_leader'), ('planner', 'planner'), ('owner', 'owner'), ('administrator', 'administrator')], max_length=40, primary_key=True, serialize=False)),
                ('session_hours', models.PositiveSmallIntegerField(default=12)),
                ('idle_minutes', models.PositiveSmallIntegerField(default=0, help_text='without a sign of life; 0: no limit')),
                ('needs_second_factor', models.BooleanField(default=False, help_text='of whoever signs in with a password here')),
            ],
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='second_factors', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('app', 'App'), ('recovery', 'Recovery'), ('passkey', 'Passkey')], max_length=10)),
                ('name', models.CharField(blank=True, default='', max_length=60)),
                ('secret', models.TextField(help_text='app: encrypted; recovery: a hash; passkey: the public key')),
                ('key_id', models.CharField(blank=True, db_index=True, default='', help_text='of a passkey', max_length=1400)),
                ('counter', models.BigIntegerField(default=0, help_text='app: last time step used; passkey: its own count')),
                ('made_at', models.DateTimeField()),
                ('last_used', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['kind', 'made_at', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('person'), condition=models.Q(('kind', 'app')), name='accounts_secondfactor_one_app'), models.UniqueConstraint(models.F('key_id'), condition=models.Q(('kind', 'passkey')), name='accounts_secondfactor_passkey_once')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=200)),
                ('path', models.TextField()),
                ('digest', models.CharField(help_text='of the address and what was typed', max_length=40)),
                ('at', models.DateTimeField()),
                ('location', models.TextField(blank=True, default='', help_text='where the answer led to')),
                ('words', models.JSONField(default=list, help_text='what was said on the next page: [[level, text]]')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('token', 'digest'), name='accounts_submission_once')],
            },
        ),
    ]
