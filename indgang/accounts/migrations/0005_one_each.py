import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models


#: of a role that somebody has twice in the same days, one row with all of the days stays
_DOUBLES = """
WITH doubled AS (
    DELETE FROM accounts_roleassignment a USING accounts_roleassignment b
    WHERE a.id <> b.id AND a.person_id = b.person_id AND a.role = b.role AND a.unit_id IS NOT DISTINCT FROM b.unit_id
      AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
    RETURNING a.id, a.person_id, a.role, a.unit_id, a.valid_from, a.valid_to
), joined AS (
    SELECT person_id, role, unit_id, unnest(range_agg(daterange(valid_from, valid_to))) AS days
    FROM (SELECT DISTINCT * FROM doubled) AS once GROUP BY person_id, role, unit_id
)
INSERT INTO accounts_roleassignment (person_id, role, unit_id, valid_from, valid_to)
SELECT person_id, role, unit_id, lower(days), upper(days) FROM joined;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_username_folded'),
        ('catalogue', '0002_hours_until_midnight'),
    ]

    operations = [
        migrations.RunSQL(_DOUBLES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('person', 'person', models.Value('[]'), function='int8range'), '&&'), (models.Func(django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), django.db.models.functions.comparison.Coalesce('unit', models.Value(0)), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Func(django.db.models.functions.comparison.Cast('role', models.TextField()), models.Value(0), function='hashtextextended', template='(%(function)s(%(expressions)s) / 2)'), models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='accounts_roleassignment_once'),
        ),
    ]
