"""Whether a window was agreed for a promised call, so that a window that goes away later is told of."""

from django.db import migrations, models

#: of calls promised before: whether an agreement that was in force then, and began by the day of the call, has a line
_IN_WINDOW = """
UPDATE handover_promise call SET in_window = true
FROM catalogue_service asked
    JOIN workforce_availabilityagreement agreed ON agreed.unit_id = asked.unit_id
    JOIN workforce_promisedwindow line ON line.agreement_id = agreed.id
WHERE call.state = 'open' AND call.starts_at IS NOT NULL AND asked.id = call.service_id
    AND (line.service_id = asked.id OR line.service_id IS NULL)
    AND agreed.contact_signed_at IS NOT NULL AND agreed.coordinator_signed_at IS NOT NULL
    AND agreed.valid_from <= (call.starts_at AT TIME ZONE 'Europe/Copenhagen')::date
    AND (agreed.valid_to IS NULL OR agreed.valid_to > (call.made_at AT TIME ZONE 'Europe/Copenhagen')::date)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0008_units_of_participants'),
        ('workforce', '0010_agreed_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='promise',
            name='in_window',
            field=models.BooleanField(
                default=False, help_text='a call for which a window of its service was agreed when it was promised'
            ),
        ),
        migrations.RunSQL(_IN_WINDOW, migrations.RunSQL.noop),
    ]
