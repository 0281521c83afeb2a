"""Services that were switched before a plan noted it, or before they came into it, are marked with the day."""

from django.db import migrations

_MARK = """
UPDATE programme_rolloutservice AS moving SET switched_on = done.day
FROM (
    SELECT switch.service_id, switch.centre_id, max((switch.carried_out_at AT TIME ZONE 'Europe/Copenhagen')::date) AS day
    FROM programme_switchover AS switch
    WHERE switch.state = 'done' AND switch.carried_out_at IS NOT NULL
    GROUP BY switch.service_id, switch.centre_id
) AS done, programme_rolloutplan AS plan
WHERE plan.id = moving.plan_id AND plan.closed_at IS NULL AND done.centre_id = plan.centre_id
    AND done.service_id = moving.service_id AND moving.switched_on IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0010_rollout_moves'),
    ]

    operations = [
        migrations.RunSQL(_MARK, migrations.RunSQL.noop),
    ]
