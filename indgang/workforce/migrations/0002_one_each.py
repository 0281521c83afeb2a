import django.contrib.postgres.constraints
from django.conf import settings
from django.db import migrations, models


#: of two levels of a skill on the same days the one that was written last stays
_DOUBLES = """
DELETE FROM workforce_competence a USING workforce_competence b
WHERE a.id < b.id AND a.person_id = b.person_id AND a.skill_id = b.skill_id
  AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to);
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
