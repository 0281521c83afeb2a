"""The unit of those who took part before it was stored, where their roles of today say it."""

from django.db import migrations

#: of the unit that has the hand-over, of the sender's and of the centre's two, the first for which they work
_UNITS = """
UPDATE handover_participant held SET unit_id = (
    SELECT known.id FROM (
        SELECT 1, card.unit_id UNION ALL SELECT 2, card.from_unit_id
        UNION ALL SELECT 3, centre.owner_id UNION ALL SELECT 4, centre.operator_id
    ) wanted(place, unit) JOIN catalogue_unit known ON known.id = wanted.unit
    WHERE EXISTS (
        SELECT 1 FROM accounts_roleassignment given LEFT JOIN catalogue_unit whole ON whole.id = given.unit_id
        WHERE given.person_id = held.person_id AND starts_with(known.path, coalesce(whole.path, ''))
        AND given.role IN ('agent', 'case_worker', 'subject_coordinator', 'team_leader', 'administrator')
        AND given.valid_from <= current_date AND (given.valid_to IS NULL OR current_date < given.valid_to)
    ) ORDER BY wanted.place LIMIT 1
)
FROM handover_handover card LEFT JOIN catalogue_contactcentre centre ON centre.id = card.centre_id
WHERE held.unit_id IS NULL AND card.id = held.handover_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0007_sending_unit'),
        ('accounts', '0007_local_sign_in'),
    ]

    operations = [
        migrations.RunSQL(_UNITS, migrations.RunSQL.noop),
    ]
