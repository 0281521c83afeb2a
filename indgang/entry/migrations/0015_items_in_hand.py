"""What a person has in hand is rows, one for each item, no longer one card of JSON on their presence."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: who is in a conversation or writes it down while the release changes keeps what they have
KEEP = """
    INSERT INTO entry_inhand (person_id, place, enquiry, kind, stage, reasons, held, muted, consult_name,
                              consult_state, attempts)
    SELECT person_id, 0, enquiry, 'call',
           CASE WHEN state = 'wrap_up' THEN 'after' WHEN state = 'ringing' THEN 'ringing'
                WHEN call ? 'asked_by' THEN 'asked' ELSE 'talking' END,
           '[]', coalesce((call->>'held')::bool, false), coalesce((call->>'muted')::bool, false),
           coalesce(call->'consult'->>'name', ''), coalesce(call->'consult'->>'state', ''), 0
    FROM entry_presence WHERE enquiry IS NOT NULL AND state IN ('ringing', 'talking', 'wrap_up')
"""


class Migration(migrations.Migration):
    dependencies = [("entry", "0014_callback_terms"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="InHand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.PositiveSmallIntegerField(default=0, help_text="the order on the desk; 0 comes first"),
                ),
                ("enquiry", models.UUIDField()),
                (
                    "kind",
                    models.CharField(help_text="kind of work, as in routing.distribution.requirement", max_length=20),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("ringing", "ringing"),
                            ("dialling", "dialling"),
                            ("talking", "talking"),
                            ("asked", "asked"),
                            ("open", "open"),
                            ("after", "after"),
                        ],
                        max_length=20,
                    ),
                ),
                ("offered_until", models.DateTimeField(blank=True, null=True)),
                (
                    "reasons",
                    models.JSONField(
                        default=list, help_text="why it is offered to this person: pairs of code and value"
                    ),
                ),
                ("held", models.BooleanField(default=False)),
                ("muted", models.BooleanField(default=False)),
                ("consult_name", models.CharField(blank=True, default="", max_length=200)),
                ("consult_state", models.CharField(blank=True, default="", max_length=20)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="how often the contact was rung in vain"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="in_hand",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["person", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "place"), name="entry_in_hand_place"),
                    models.UniqueConstraint(fields=("enquiry", "person"), name="entry_in_hand_once"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveField("Presence", "enquiry"),
        migrations.RemoveField("Presence", "call"),
    ]
