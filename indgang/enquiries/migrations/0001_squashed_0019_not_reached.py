import django.db.models.deletion
import indgang.core.ids
from django.conf import settings
from django.db import migrations, models

#: for what the desk asks: parties by words of their name, what an agent owes, an agent's own day, who rang
INDEXES = """
CREATE INDEX enq_party_words ON enquiries_party USING gin (to_tsvector('simple'::regconfig, COALESCE(name, '')));
CREATE INDEX enq_owed_by_first ON enquiries_enquiry (first_agent_id, arrived_at DESC) WHERE state = 'unregistered';
CREATE INDEX enq_agent_answered ON enquiries_enquiry (agent_id, answered_at);
CREATE INDEX enq_ring_number ON enquiries_returncall (number) WHERE done_at IS NULL;
"""

#: The log of the package `events` (docs/adr/0021) is made here, because it once was this package's own.
EVENTS = """
CREATE SEQUENCE events_event_position;
CREATE TABLE events_event (
    stream uuid NOT NULL,
    number integer NOT NULL,
    position bigint NOT NULL DEFAULT nextval('events_event_position'),
    at timestamptz NOT NULL,
    kind varchar(30) NOT NULL,
    queue varchar(60) NOT NULL DEFAULT '',
    person bigint,
    data jsonb NOT NULL DEFAULT '{}',
    version smallint NOT NULL DEFAULT 1,
    channel varchar(10) NOT NULL DEFAULT '',
    level smallint NOT NULL DEFAULT 1,
    centre varchar(60) NOT NULL DEFAULT '',
    transaction bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    PRIMARY KEY (stream, number, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE events_event_position OWNED BY events_event.position;
CREATE TABLE events_event_rest PARTITION OF events_event DEFAULT;
CREATE INDEX events_event_position_idx ON events_event (position);
CREATE INDEX events_event_transaction ON events_event (transaction, position);
CREATE INDEX events_event_kind ON events_event (kind, at);
"""

GUARD = """
CREATE FUNCTION events_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed or removed';
END $$;
CREATE TRIGGER events_event_final BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_event_is_final();

CREATE FUNCTION events_event_have_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    following date := (first + interval '1 month')::date;
    name text := 'events_event_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL OR EXISTS (
        SELECT 1 FROM public.events_event_rest WHERE at >= first AND at < following
    ) THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.events_event FOR VALUES FROM (%L) TO (%L)', name, first, following
    );
    RETURN true;
END $$;

-- After a dump was restored, writers are held up for a moment: no event with a position before the new era may still be
-- uncommitted. Where they cannot be had within two seconds, the next reader tries again.
CREATE FUNCTION events_begin_era() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    here text := (SELECT system_identifier::text FROM pg_control_system());
    last text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('events_begin_era'));
    SELECT server INTO last FROM public.events_era ORDER BY id DESC LIMIT 1;
    IF last IS NULL THEN
        INSERT INTO public.events_era (server, first_position, began_at) VALUES (here, 0, now());
    ELSIF last <> here THEN
        LOCK TABLE public.events_event IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO public.events_era (server, first_position, began_at)
            SELECT here, coalesce(max(position) + 1, 0), now() FROM public.events_event;
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    replaces = [('enquiries', '0001_initial'), ('enquiries', '0002_initial'), ('enquiries', '0003_event_partitions'), ('enquiries', '0004_phase'), ('enquiries', '0005_desk_indexes'), ('enquiries', '0006_number_learnt_from'), ('enquiries', '0007_knowledge_used'), ('enquiries', '0008_fewer_indexes'), ('enquiries', '0009_article_used_at'), ('enquiries', '0010_event_rights'), ('enquiries', '0011_one_each'), ('enquiries', '0012_events_moved'), ('enquiries', '0013_callbacks'), ('enquiries', '0014_queued_ring_backs'), ('enquiries', '0015_ring_back_kinds'), ('enquiries', '0016_personal_waits'), ('enquiries', '0017_promised_calls_index'), ('enquiries', '0018_return_calls'), ('enquiries', '0019_not_reached')]

    initial = True

    dependencies = [
        ('catalogue', '0001_squashed_0005_public_site'),
        ('entry', '0001_squashed_0023_queue_public_name'),
        ('events', '0001_initial'),
        ('knowledge', '0001_squashed_0012_search_format'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('business', 'Virksomhed'), ('citizen', 'Borger')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('cvr', models.CharField(blank=True, db_index=True, default='', max_length=8)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('protected', models.BooleanField(default=False, help_text='name and address protection: shown only on purpose')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name'],
                'indexes': [models.Index(fields=['name'], name='enquiries_p_name_9e4376_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cvr', ''), _negated=True), fields=('cvr',), name='enquiries_party_one_per_cvr')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.UUIDField(default=indgang.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('phone', 'Telefon'), ('direct', 'Direkte opkald'), ('walk_in', 'Fremmøde'), ('mail', 'Mail'), ('web', 'Hjemmesiden')], max_length=10)),
                ('state', models.CharField(choices=[('in_menu', 'I menuen'), ('waiting', 'I kø'), ('ringing', 'Ringer hos en medarbejder'), ('talking', 'I samtale'), ('unregistered', 'Mangler registrering'), ('registered', 'Registreret'), ('abandoned', 'Lagt på i køen'), ('left', 'Slut uden samtale'), ('message', 'Besked indtalt'), ('callback', 'Bliver ringet op'), ('not_reached', 'Ikke truffet'), ('passed_on', 'Stillet videre ud af huset')], max_length=15)),
                ('language', models.CharField(default='da', max_length=5)),
                ('entry_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entry.entrypoint')),
                ('dialled', models.CharField(blank=True, default='', max_length=30)),
                ('caller_number', models.CharField(blank=True, default='', help_text='E.164; empty: withheld', max_length=30)),
                ('caller_name', models.CharField(blank=True, default='', max_length=100)),
                ('party', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enquiries', to='enquiries.party')),
                ('centre', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.contactcentre')),
                ('queue', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entry.queue')),
                ('agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enquiries', to=settings.AUTH_USER_MODEL)),
                ('first_agent', models.ForeignKey(blank=True, help_text='who answered first, and owes the registration until somebody has made it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='enquiries_answered', to=settings.AUTH_USER_MODEL)),
                ('menu', models.CharField(blank=True, default='', help_text='the choices made, in words', max_length=300)),
                ('menu_keys', models.CharField(blank=True, default='', max_length=60)),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followed_by', to='enquiries.enquiry')),
                ('dialled_by', models.ForeignKey(blank=True, help_text='we rang: who did', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transferred_to', models.CharField(blank=True, default='', max_length=200)),
                ('phase', models.CharField(blank=True, default='', help_text='menu, wait, callback (until we dial), ring (we dial), talk, hold or out; empty: over', max_length=10)),
                ('phase_since', models.DateTimeField(blank=True, null=True)),
                ('arrived_at', models.DateTimeField()),
                ('queued_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('registered_at', models.DateTimeField(blank=True, null=True)),
                ('menu_seconds', models.FloatField(default=0)),
                ('wait_seconds', models.FloatField(default=0)),
                ('ring_seconds', models.FloatField(default=0)),
                ('talk_seconds', models.FloatField(default=0)),
                ('hold_seconds', models.FloatField(default=0)),
                ('wrap_up_seconds', models.FloatField(default=0)),
                ('outside_seconds', models.FloatField(default=0, help_text='talked on with somebody outside after being passed on')),
                ('callback_seconds', models.FloatField(db_default=0, default=0, help_text='waited, off the line, to be rung')),
                ('callback_place', models.DateTimeField(blank=True, help_text="by which the promised call's turn comes", null=True)),
                ('callback_due', models.DateTimeField(blank=True, help_text='the time that was chosen for it', null=True)),
                ('waits_for', models.ForeignKey(blank=True, db_index=False, help_text='in the queue the caller waits for this person alone', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('waits_until', models.DateTimeField(blank=True, help_text='so long; then for anybody', null=True)),
                ('waits_by', models.ForeignKey(blank=True, db_index=False, help_text='who let them wait', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfers', models.PositiveSmallIntegerField(default=0)),
                ('events', models.PositiveIntegerField(default=0, help_text="how many events it has; the next one's number")),
            ],
            options={
                'ordering': ['-arrived_at'],
                'indexes': [models.Index(fields=['arrived_at'], name='enquiries_e_arrived_810eea_idx'), models.Index(condition=models.Q(('caller_number', ''), _negated=True), fields=['caller_number', '-arrived_at'], name='enq_caller'), models.Index(fields=['party', '-arrived_at'], name='enquiries_e_party_i_e5e6cd_idx'), models.Index(fields=['agent', '-arrived_at'], name='enquiries_e_agent_i_0df639_idx'), models.Index(fields=['queue', '-queued_at'], name='enquiries_e_queue_i_62db6f_idx'), models.Index(condition=models.Q(('state__in', ['in_menu', 'waiting', 'ringing', 'talking'])), fields=['state'], name='enq_live'), models.Index(condition=models.Q(('state', 'callback')), fields=['queue'], name='enq_promised'), models.Index(condition=models.Q(('state', 'unregistered')), fields=['agent', '-arrived_at'], name='enq_unregistered'), models.Index(condition=models.Q(('waits_for__isnull', False)), fields=['waits_for'], name='enq_waits_for')],
            },
        ),
        migrations.CreateModel(
            name='ArticleUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='article_uses', to='enquiries.enquiry')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='knowledge.articleversion')),
                ('shown_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shown_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, help_text='when the agent said so; empty: not used', null=True)),
            ],
            options={
                'ordering': ['shown_at'],
                'indexes': [models.Index(fields=['shown_at'], name='enquiries_a_shown_a_e8d1a2_idx')],
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'version'), name='enquiries_articleuse_once')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='enquiries.enquiry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('fields', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'person'), name='enquiries_draft_once')],
            },
        ),
        migrations.CreateModel(
            name='GuideWalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guide_walks', to='enquiries.enquiry')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='walks', to='knowledge.guideversion')),
                ('path', models.JSONField(default=list, help_text='[{"step": id, "answer": number or null}], in order')),
                ('result', models.CharField(blank=True, default='', help_text='id of the result that was reached', max_length=80)),
                ('began_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['began_at'],
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'version'), name='enquiries_guidewalk_once')],
            },
        ),
        migrations.CreateModel(
            name='PartyNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='numbers', to='enquiries.party')),
                ('number', models.CharField(db_index=True, help_text='E.164', max_length=30)),
                ('learnt_from', models.ForeignKey(blank=True, help_text='empty: known before', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='enquiries.enquiry')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('party', 'number'), name='enquiries_partynumber_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='enquiries.enquiry')),
                ('order', models.PositiveSmallIntegerField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.service')),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.purpose')),
                ('local_purpose', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.localpurpose')),
                ('character', models.CharField(choices=[('general', 'Generel'), ('case_specific', 'Sagsspecifik')], max_length=15)),
                ('outcome', models.CharField(choices=[('resolved', 'Straksafklaret'), ('transferred', 'Viderestillet'), ('message', 'Besked til sagsbehandler'), ('callback', 'Aftalt at ringe tilbage'), ('directed', 'Henvist til selvbetjening eller hjemmeside'), ('other', 'Andet')], max_length=15)),
                ('should_be_digital', models.BooleanField(default=False, help_text='could have been solved on the website')),
                ('in_knowledge', models.BooleanField(blank=True, help_text='was the answer there? empty: nobody said', null=True)),
                ('note', models.TextField(blank=True, default='')),
                ('registered_at', models.DateTimeField()),
                ('registered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['enquiry', 'order'],
                'indexes': [models.Index(fields=['registered_at'], name='enquiries_q_registe_2d6ab0_idx')],
                'constraints': [models.UniqueConstraint(fields=('enquiry', 'order'), name='enquiries_question_order')],
            },
        ),
        migrations.CreateModel(
            name='ReturnCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enquiry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='return_call', to='enquiries.enquiry')),
                ('kind', models.CharField(choices=[('abandoned', 'Lagde på i køen'), ('message', 'Har indtalt en besked'), ('callback', 'Er lovet at blive ringet op'), ('not_reached', 'Ikke truffet, da vi ringede')], max_length=12)),
                ('number', models.CharField(max_length=30)),
                ('queue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='return_calls', to='entry.queue')),
                ('recording', models.BinaryField(blank=True, help_text='the spoken message, 8 kHz mono WAV', null=True)),
                ('created_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.CharField(blank=True, choices=[('reached', 'Talt med'), ('given_up', 'Kunne ikke træffes'), ('not_needed', 'Ikke nødvendigt'), ('queued', 'Sat i kø til opkald')], default='', max_length=12)),
            ],
            options={
                'ordering': ['created_at'],
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['queue', 'created_at'], name='enq_to_ring')],
            },
        ),
        migrations.RunSQL(INDEXES),
        migrations.RunSQL(EVENTS),
        migrations.RunSQL(GUARD),
    ]
