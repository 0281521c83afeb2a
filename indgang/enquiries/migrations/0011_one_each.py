from django.db import migrations, models


#: of parties with one company number the first stays, with the enquiries and telephone numbers of all
_DOUBLES = """
CREATE TEMPORARY TABLE twin ON COMMIT DROP AS
SELECT id, kept FROM (
    SELECT id, first_value(id) OVER (PARTITION BY cvr ORDER BY id) AS kept FROM enquiries_party WHERE cvr <> ''
) AS parties WHERE id <> kept;
UPDATE enquiries_enquiry SET party_id = kept FROM twin WHERE party_id = twin.id;
INSERT INTO enquiries_partynumber (party_id, number, learnt_from_id)
SELECT DISTINCT ON (kept, number) kept, number, learnt_from_id
FROM enquiries_partynumber JOIN twin ON party_id = twin.id ORDER BY kept, number, learnt_from_id NULLS FIRST
ON CONFLICT DO NOTHING;
DELETE FROM enquiries_partynumber USING twin WHERE party_id = twin.id;
DELETE FROM enquiries_party USING twin WHERE enquiries_party.id = twin.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0010_event_rights'),
    ]

    operations = [
        migrations.RunSQL(_DOUBLES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(('cvr', ''), _negated=True), fields=('cvr',), name='enquiries_party_one_per_cvr'),
        ),
    ]
