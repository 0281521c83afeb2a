"""Agreements that were never ended after their centre got another owner or operator end today, and the trail says so.

A unit that was made anew under another code and kept its name is the same party: such an agreement goes on.
"""

from django.db import migrations

_END = """
WITH ended AS (
    UPDATE agreements_cooperationagreement AS agreement
    SET valid_to = greatest((now() AT TIME ZONE 'Europe/Copenhagen')::date, agreement.valid_from + 1)
    FROM agreements_cooperationagreement AS before
    JOIN catalogue_contactcentre AS centre ON centre.id = before.centre_id
    JOIN catalogue_unit AS owner ON owner.id = centre.owner_id
    JOIN catalogue_unit AS operator ON operator.id = centre.operator_id
    JOIN catalogue_unit AS former_owner ON former_owner.id = before.owner_unit_id
    JOIN catalogue_unit AS former_operator ON former_operator.id = before.operator_unit_id
    WHERE before.id = agreement.id
      AND (owner.name, operator.name) <> (former_owner.name, former_operator.name)
      AND agreement.owner_signed_at IS NOT NULL AND agreement.operator_signed_at IS NOT NULL
      AND agreement.valid_from <= (now() AT TIME ZONE 'Europe/Copenhagen')::date
      AND (agreement.valid_to IS NULL OR agreement.valid_to > (now() AT TIME ZONE 'Europe/Copenhagen')::date)
    RETURNING agreement.id, centre.name, agreement.valid_from, agreement.valid_to, before.valid_to AS former_end
)
INSERT INTO audit_change
    (at, by_id, by_label, action, target_type, target_id, target_label, before, after, why)
SELECT now(), 'system:upgrade', 'upgrade', 'cooperationagreement.change', 'agreements.cooperationagreement', id,
       name || ' ' || valid_from, jsonb_build_object('valid_to', former_end), jsonb_build_object('valid_to', valid_to),
       'Centret har fået en anden ejer eller operatør.'
FROM ended
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0004_counts_per_day"), ("audit", "0001_initial")]

    operations = [migrations.RunSQL(_END, migrations.RunSQL.noop)]
