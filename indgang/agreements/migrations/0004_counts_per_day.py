"""Counts of targets that were signed before figures were held per day stay what both parties signed."""

from django.db import migrations, models

# pages began to say "om dagen" with the release that brought 0002_baselines
_SIGNED_BEFORE = """
UPDATE agreements_agreementtarget AS target SET is_per_day = false
FROM agreements_cooperationagreement AS agreement, django_migrations AS brought
WHERE agreement.id = target.agreement_id AND brought.app = 'agreements' AND brought.name = '0002_baselines'
  AND agreement.owner_signed_at < brought.applied AND agreement.operator_signed_at < brought.applied
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_promised_seconds")]

    operations = [
        migrations.AddField("agreementtarget", "is_per_day", models.BooleanField(default=True)),
        migrations.RunSQL(_SIGNED_BEFORE, migrations.RunSQL.noop),
    ]
