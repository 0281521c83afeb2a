from django.db import migrations, models

#: Nothing opens the trail. What is older than it is kept may go (indgang.audit.retention).
FINAL = """
CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '5 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed';
END $$;
CREATE TRIGGER audit_change_final BEFORE UPDATE OR DELETE ON audit_change
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
CREATE TRIGGER audit_look_final BEFORE UPDATE OR DELETE ON audit_look
    FOR EACH ROW EXECUTE FUNCTION audit_is_final();
"""


class Migration(migrations.Migration):

    replaces = [('audit', '0001_initial'), ('audit', '0002_append_only'), ('audit', '0003_final_without_a_switch'), ('audit', '0004_looks_with_reasons')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('by_id', models.TextField(help_text='stable id of the actor, e.g. person:12 or system:switchboard')),
                ('by_label', models.TextField()),
                ('action', models.TextField(help_text='noun.verb, e.g. flow.publish')),
                ('target_type', models.TextField(help_text='app.model')),
                ('target_id', models.TextField()),
                ('target_label', models.TextField()),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('why', models.TextField(blank=True, default='')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='audit_chang_target__d3ea41_idx')],
            },
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('by_id', models.TextField()),
                ('by_label', models.TextField()),
                ('subject_type', models.TextField()),
                ('subject_id', models.TextField()),
                ('subject_label', models.TextField()),
                ('page', models.TextField(help_text='where it was seen, e.g. desk.enquiry')),
                ('why', models.TextField(blank=True, db_default='', default='', help_text='where a page asks for a reason')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='audit_look_subject_7732ce_idx')],
            },
        ),
        migrations.CreateModel(
            name='LookReview',
            fields=[
                ('look', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('by_id', models.TextField()),
                ('by_label', models.TextField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
            ],
        ),
        migrations.RunSQL(FINAL),
    ]
