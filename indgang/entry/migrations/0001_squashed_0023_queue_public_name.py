import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('entry', '0001_initial'), ('entry', '0002_live_call'), ('entry', '0003_set_aside'), ('entry', '0004_rest_seconds'), ('entry', '0005_fewer_indexes'), ('entry', '0006_flow_revisions'), ('entry', '0007_one_each'), ('entry', '0008_prompt_unit'), ('entry', '0009_working_state'), ('entry', '0010_queue_terms'), ('entry', '0011_rollout_phase'), ('entry', '0012_work_of_any_kind'), ('entry', '0013_dead_letters'), ('entry', '0014_callback_terms'), ('entry', '0015_items_in_hand'), ('entry', '0016_capacity'), ('entry', '0017_standard_words'), ('entry', '0018_memberships'), ('entry', '0019_trunk_status'), ('entry', '0020_command_trace'), ('entry', '0021_pause_reason_periods'), ('entry', '0022_dial_rules'), ('entry', '0023_queue_public_name')]

    initial = True

    dependencies = [
        ('catalogue', '0001_squashed_0005_public_site'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('code', models.CharField(max_length=60)),
                ('text', models.TextField()),
                ('centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='catalogue.contactcentre')),
                ('enquiry', models.UUIDField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('seen_by', models.CharField(blank=True, default='', max_length=200)),
                ('over_at', models.DateTimeField(blank=True, help_text='when the cause went away by itself', null=True)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='CapacityProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='capacity_profiles', to='catalogue.contactcentre')),
                ('name', models.CharField(max_length=80)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(models.F('centre'), django.db.models.functions.text.Lower('name'), name='entry_capacityprofile_name')],
            },
        ),
        migrations.CreateModel(
            name='CapacityChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='capacity_choices', to=settings.AUTH_USER_MODEL)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='entry.capacityprofile')),
            ],
            options={
                'ordering': ['person', 'valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_capacitychoice_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('person', 'person', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_capacitychoice_one')],
            },
        ),
        migrations.CreateModel(
            name='CapacityTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='entry.capacityprofile')),
                ('capacity', models.JSONField(help_text='how many at once, by kind of work: {"call": 1, "callback": 2}')),
                ('interrupts', models.JSONField(default=list, help_text='kinds that may be offered beside other work: ["call"]')),
            ],
            options={
                'ordering': ['profile', 'valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_capacityterms_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('profile', 'profile', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_capacityterms_one')],
            },
        ),
        migrations.CreateModel(
            name='Command',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('person', models.ForeignKey(help_text='nobody: ordered on the public site', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payload', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('refused', 'refused')], default='waiting', max_length=10)),
                ('detail', models.JSONField(default=dict)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('trace', models.CharField(blank=True, default='', help_text="the request's span (W3C traceparent)", max_length=60)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('outcome', 'waiting')), fields=['id'], name='entry_command_waiting')],
            },
        ),
        migrations.CreateModel(
            name='DeadLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(help_text='the class of the error', max_length=100)),
                ('error', models.TextField()),
                ('enquiries', models.JSONField(default=list, help_text='ids of the enquiries it tells of')),
                ('content', models.TextField(help_text='the batch of entry.journal as JSON; text, for the database took no other')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Disturbance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('text_en', models.TextField(blank=True, default='')),
                ('centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='disturbances', to='catalogue.contactcentre')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('started_by', models.CharField(max_length=200)),
                ('ended_by', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'ordering': ['-starts_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gte', models.F('starts_at'))), name='entry_disturbance_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Coalesce('centre', 0), django.db.models.functions.comparison.Coalesce('centre', 0), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('text', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('text', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('starts_at', 'ends_at', function='tstzrange'), '&&')], name='entry_disturbance_once')],
            },
        ),
        migrations.CreateModel(
            name='ExchangeStatus',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('up', models.BooleanField(default=False)),
                ('since', models.DateTimeField()),
                ('heartbeat', models.DateTimeField()),
                ('detail', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='Flow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flows', to='catalogue.contactcentre')),
                ('revisions', models.PositiveIntegerField(default=0, help_text='the last one that a draft of it has had')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='EntryPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('number', models.CharField(help_text='as dialled: E.164 or a short number', max_length=30)),
                ('name', models.CharField(max_length=200)),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entry_points', to='catalogue.contactcentre')),
                ('flow', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entry_points', to='entry.flow')),
                ('language', models.CharField(default='da', max_length=5)),
            ],
            options={
                'ordering': ['number'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_entrypoint_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.Func(django.db.models.functions.comparison.Cast('number', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('number', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_entrypoint_one_flow')],
            },
        ),
        migrations.CreateModel(
            name='FlowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('flow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='entry.flow')),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField(help_text='see routing.flows.parse')),
                ('note', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=200)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('published_by', models.CharField(blank=True, default='', max_length=200)),
                ('revision', models.PositiveIntegerField(default=0, help_text='counts saves of a draft, so that two editors notice')),
            ],
            options={
                'ordering': ['flow', '-number'],
                'constraints': [models.UniqueConstraint(fields=('flow', 'number'), name='entry_flowversion_number'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('flow',), name='entry_flowversion_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_by', '')), ('published_at__isnull', False), _connector='OR'), name='entry_flowversion_published_pair')],
            },
        ),
        migrations.CreateModel(
            name='InHand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='in_hand', to=settings.AUTH_USER_MODEL)),
                ('place', models.PositiveSmallIntegerField(default=0, help_text='the order on the desk; 0 comes first')),
                ('enquiry', models.UUIDField()),
                ('kind', models.CharField(help_text='kind of work, as in routing.distribution.requirement', max_length=20)),
                ('stage', models.CharField(choices=[('ringing', 'ringing'), ('dialling', 'dialling'), ('talking', 'talking'), ('asked', 'asked'), ('open', 'open'), ('after', 'after')], max_length=20)),
                ('offered_until', models.DateTimeField(blank=True, null=True)),
                ('reasons', models.JSONField(default=list, help_text='why it is offered to this person: pairs of code and value')),
                ('held', models.BooleanField(default=False)),
                ('muted', models.BooleanField(default=False)),
                ('consult_name', models.CharField(blank=True, default='', max_length=200)),
                ('consult_state', models.CharField(blank=True, default='', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='how often the contact was rung in vain')),
            ],
            options={
                'ordering': ['person', 'place'],
                'constraints': [models.UniqueConstraint(fields=('person', 'place'), name='entry_in_hand_place'), models.UniqueConstraint(fields=('enquiry', 'person'), name='entry_in_hand_once')],
            },
        ),
        migrations.CreateModel(
            name='LiveWork',
            fields=[
                ('item', models.UUIDField(help_text="of a call that begins an enquiry: the enquiry's id", primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('kept', models.JSONField()),
            ],
            options={
                'ordering': ['since'],
            },
        ),
        migrations.CreateModel(
            name='PauseReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('name_en', models.CharField(blank=True, default='', max_length=100)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('reachable', models.BooleanField(default=True, help_text='colleagues may ask and put callers through meanwhile')),
            ],
            options={
                'ordering': ['order', 'name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_pausereason_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='presence', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('signed_out', 'Logget ud'), ('ready', 'Klar'), ('ringing', 'Ringer'), ('talking', 'I samtale'), ('working', 'Arbejder'), ('wrap_up', 'Efterbehandling'), ('paused', 'Pause'), ('not_responding', 'Svarede ikke')], default='signed_out', max_length=20)),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='entry.pausereason')),
                ('since', models.DateTimeField()),
                ('wrap_up_until', models.DateTimeField(blank=True, null=True)),
                ('signed_in_at', models.DateTimeField(blank=True, null=True)),
                ('phone_kind', models.CharField(choices=[('browser', 'Telefon i browseren'), ('sip', 'Bordtelefon')], default='browser', max_length=10)),
                ('phone_address', models.CharField(blank=True, default='', help_text='SIP address of a desk phone', max_length=200)),
                ('phone_on', models.BooleanField(default=False, help_text='the phone is registered at the exchange')),
                ('monitored', models.UUIDField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PresenceEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='presence_events', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('signed_out', 'Logget ud'), ('ready', 'Klar'), ('ringing', 'Ringer'), ('talking', 'I samtale'), ('working', 'Arbejder'), ('wrap_up', 'Efterbehandling'), ('paused', 'Pause'), ('not_responding', 'Svarede ikke')], max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=40)),
                ('enquiry', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['person', 'at'], name='entry_prese_person__64ff4e_idx')],
            },
        ),
        migrations.CreateModel(
            name='Prompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80)),
                ('unit', models.ForeignKey(blank=True, help_text="whose it is to change, the same in all languages; empty: the whole municipality's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='prompts', to='catalogue.unit')),
                ('language', models.CharField(default='da', max_length=5)),
                ('text', models.TextField()),
                ('recording', models.BinaryField(blank=True, help_text='8 kHz mono WAV; empty: the text is spoken', null=True)),
                ('recording_name', models.CharField(blank=True, default='', max_length=200)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['code', 'language'],
                'constraints': [models.UniqueConstraint(fields=('code', 'language'), name='entry_prompt_one_per_language')],
            },
        ),
        migrations.CreateModel(
            name='Queue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, default='', max_length=200)),
                ('public_name', models.CharField(blank=True, default='', help_text='what citizens choose it by for a call; empty: they cannot', max_length=100)),
                ('public_name_en', models.CharField(blank=True, default='', max_length=100)),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='queues', to='catalogue.contactcentre')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='queues', to='catalogue.unit')),
                ('schedule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='queues', to='catalogue.schedule')),
                ('priority', models.IntegerField(default=0)),
                ('ageing', models.FloatField(default=0.0, help_text='priority points gained per second of waiting')),
                ('steps', models.JSONField(default=list, help_text='[{"after": 0, "skills": {"byggesag": 2}, "also_queues": ["tmf-oevrige"]}]')),
                ('ring_seconds', models.PositiveSmallIntegerField(default=20)),
                ('choose', models.CharField(choices=[('longest_idle', 'Længst ledig'), ('best_skilled', 'Bedst kvalificeret')], default='longest_idle', max_length=20)),
                ('last_agent_seconds', models.PositiveSmallIntegerField(default=0, help_text='how long to wait for the agent the caller spoke with last; 0 is not at all')),
                ('min_reoffer_seconds', models.PositiveSmallIntegerField(default=15, help_text='how long a call that was refused or not answered does not ring at the same agent again')),
                ('is_safe', models.BooleanField(default=False, help_text='where a call goes that no rule covers')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.CharField(blank=True, default='', max_length=200)),
                ('closed_reason', models.CharField(blank=True, default='', max_length=200)),
                ('closed_until', models.DateTimeField(blank=True, help_text='empty: until somebody opens it again', null=True)),
            ],
            options={
                'ordering': ['centre', 'name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_queue_valid_forwards'), models.UniqueConstraint(condition=models.Q(('is_safe', True)), fields=('is_safe',), name='entry_queue_one_safe'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by', '')), ('closed_at__isnull', False), _connector='OR'), name='entry_queue_closed_pair'), models.CheckConstraint(condition=models.Q(('closed_until__isnull', True), ('closed_until__gt', models.F('closed_at')), _connector='OR'), name='entry_queue_closed_forwards')],
            },
        ),
        migrations.CreateModel(
            name='QueueMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='queue_memberships', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='entry.queue')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['person', 'queue'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_queuemembership_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('person', 'person', models.Value('[]'), function='int8range'), '&&'), (models.Func('queue', 'queue', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_queuemembership_one')],
            },
        ),
        migrations.CreateModel(
            name='QueueMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='entry.queue')),
                ('prompt_code', models.SlugField(max_length=80)),
                ('phase', models.CharField(blank=True, default='', max_length=100)),
                ('every_seconds', models.PositiveSmallIntegerField(default=45)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['queue', 'order'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_queuemessage_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='QueueTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='entry.queue')),
                ('service_level_seconds', models.PositiveSmallIntegerField(default=100, help_text='promised: answered within these')),
                ('service_level_percent', models.PositiveSmallIntegerField(default=80, help_text='the target: so many in time')),
                ('wrap_up_seconds', models.PositiveSmallIntegerField(default=60)),
                ('reserved', models.PositiveSmallIntegerField(default=0, help_text='free agents kept back for this queue')),
                ('callback_attempts', models.PositiveSmallIntegerField(db_default=3, default=3, help_text='how often a promised call is tried in vain at most')),
                ('callback_pause_minutes', models.PositiveSmallIntegerField(db_default=15, default=15, help_text='between attempts')),
                ('callback_from_hour', models.PositiveSmallIntegerField(db_default=8, default=8, help_text='nobody is rung earlier, by the clock in Copenhagen')),
                ('callback_until_hour', models.PositiveSmallIntegerField(db_default=20, default=20, help_text='nor from then on')),
            ],
            options={
                'ordering': ['queue', 'valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_queueterms_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('queue', 'queue', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_queueterms_one')],
            },
        ),
        migrations.CreateModel(
            name='RoleDialRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40, unique=True)),
                ('kinds', models.JSONField(default=list, help_text='of core.dial_rules.NumberKind')),
                ('countries', models.JSONField(default=list, help_text='ISO codes of countries abroad; * is all of them')),
                ('longest_minutes', models.PositiveSmallIntegerField(default=0, help_text='0: without an end')),
                ('at_once', models.PositiveSmallIntegerField(default=0, help_text='0: any number')),
            ],
            options={
                'ordering': ['role'],
            },
        ),
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
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='entry_rolloutphase_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_rolloutphase_one')],
            },
        ),
        migrations.CreateModel(
            name='TrunkStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exchange', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=40)),
                ('up', models.BooleanField()),
                ('since', models.DateTimeField()),
                ('heartbeat', models.DateTimeField()),
                ('registered', models.BooleanField(null=True)),
                ('reachable', models.BooleanField(null=True)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('sip', models.PositiveSmallIntegerField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('certificate_ends', models.DateTimeField(null=True)),
                ('test_number', models.CharField(blank=True, default='', max_length=40)),
                ('trial_at', models.DateTimeField(null=True)),
                ('trial_by', models.CharField(blank=True, default='', max_length=200)),
                ('trial_number', models.CharField(blank=True, default='', max_length=40)),
                ('trial_outcome', models.CharField(blank=True, default='', max_length=20)),
                ('trial_sip', models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                'ordering': ['exchange', 'name'],
                'constraints': [models.UniqueConstraint(fields=('exchange', 'name'), name='entry_trunk_once')],
            },
        ),
    ]
