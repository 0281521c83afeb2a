import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models


#: Of two numbers that lead somewhere on the same days the one that begins later holds from then on; if they begin
#: together, the migration stops and names them, because nobody but an administrator knows where the number leads.
#: A message that is on twice is said once.
_DOUBLES = """
DO $$
DECLARE doubled text;
BEGIN
    UPDATE entry_entrypoint a SET valid_to = (
        SELECT min(b.valid_from) FROM entry_entrypoint b WHERE b.number = a.number AND b.valid_from > a.valid_from
    ) WHERE EXISTS (
        SELECT FROM entry_entrypoint b WHERE b.number = a.number AND b.valid_from > a.valid_from
          AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
    );
    SELECT string_agg(DISTINCT a.number, ', ') INTO doubled FROM entry_entrypoint a JOIN entry_entrypoint b
      ON a.number = b.number AND a.id <> b.id AND a.valid_from = b.valid_from;
    IF doubled IS NOT NULL THEN
        RAISE EXCEPTION 'Two entry points lead these numbers somewhere from the same day: %. Let one of them begin '
            'on another day, then migrate again.', doubled;
    END IF;
END $$;
UPDATE entry_disturbance a SET ends_at = a.starts_at FROM entry_disturbance b
WHERE a.id > b.id AND a.text = b.text AND a.centre_id IS NOT DISTINCT FROM b.centre_id
  AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_hours_until_midnight'),
        ('entry', '0006_flow_revisions'),
    ]

    operations = [
        migrations.RunSQL(_DOUBLES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='queue',
            name='closed_until',
            field=models.DateTimeField(blank=True, help_text='empty: until somebody opens it again', null=True),
        ),
        migrations.AddConstraint(
            model_name='disturbance',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Coalesce('centre', 0), django.db.models.functions.comparison.Coalesce('centre', 0), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('text', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('text', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('starts_at', 'ends_at', function='tstzrange'), '&&')], name='entry_disturbance_once'),
        ),
        migrations.AddConstraint(
            model_name='entrypoint',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.Func(django.db.models.functions.comparison.Cast('number', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('number', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='entry_entrypoint_one_flow'),
        ),
        migrations.AddConstraint(
            model_name='queue',
            constraint=models.CheckConstraint(condition=models.Q(('closed_until__isnull', True), ('closed_until__gt', models.F('closed_at')), _connector='OR'), name='entry_queue_closed_forwards'),
        ),
    ]
