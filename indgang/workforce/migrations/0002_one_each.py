import django.contrib.postgres.constraints
from django.conf import settings
from django.db import migrations, models


#: of two levels of a skill on the same days the one that was written last stays; the other keeps its other days
_DOUBLES = """
WITH written AS (
    SELECT a.*, daterange(a.valid_from, a.valid_to) AS days,
           (SELECT range_agg(daterange(b.valid_from, b.valid_to)) FROM workforce_competence b
            WHERE b.id > a.id AND b.person_id = a.person_id AND b.skill_id = a.skill_id) AS newer
    FROM workforce_competence a
), cut AS (
    DELETE FROM workforce_competence a USING written w WHERE w.id = a.id AND w.newer && w.days RETURNING w.*
)
INSERT INTO workforce_competence (person_id, skill_id, level, valid_from, valid_to)
SELECT person_id, skill_id, level, lower(kept), upper(kept)
FROM cut, unnest(datemultirange(days) - newer) AS kept;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workforce', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(_DOUBLES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='competence',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('person', 'person', models.Value('[]'), function='int8range'), '&&'), (models.Func('skill', 'skill', models.Value('[]'), function='int8range'), '&&'), (models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='workforce_competence_one_level'),
        ),
    ]
