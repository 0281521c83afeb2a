"""Agreements that were never ended after their centre got another owner or operator end today."""

from django.db import migrations

_END = """
UPDATE agreements_cooperationagreement AS agreement
SET valid_to = greatest((now() AT TIME ZONE 'Europe/Copenhagen')::date, agreement.valid_from + 1)
FROM catalogue_contactcentre AS centre
WHERE centre.id = agreement.centre_id
  AND (centre.owner_id, centre.operator_id) IS DISTINCT FROM (agreement.owner_unit_id, agreement.operator_unit_id)
  AND agreement.owner_signed_at IS NOT NULL AND agreement.operator_signed_at IS NOT NULL
  AND agreement.valid_from <= (now() AT TIME ZONE 'Europe/Copenhagen')::date
  AND (agreement.valid_to IS NULL OR agreement.valid_to > (now() AT TIME ZONE 'Europe/Copenhagen')::date)
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0004_counts_per_day")]

    operations = [migrations.RunSQL(_END, migrations.RunSQL.noop)]
