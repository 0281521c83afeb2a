"""The field's words: not responding, re-offer delay, and the call that a supervisor monitors."""

from django.db import migrations, models

STATES = [
    ("signed_out", "Logget ud"),
    ("ready", "Klar"),
    ("ringing", "Ringer"),
    ("talking", "I samtale"),
    ("working", "Arbejder"),
    ("wrap_up", "Efterbehandling"),
    ("paused", "Pause"),
    ("not_responding", "Svarede ikke"),
]


def renamed(old: str, new: str) -> list[str]:
    return [
        f"UPDATE entry_{table} SET state = '{new}' WHERE state = '{old}'" for table in ("presence", "presenceevent")
    ]


class Migration(migrations.Migration):
    dependencies = [("entry", "0016_capacity")]

    operations = [
        migrations.RenameField("Presence", "spying_on", "monitored"),
        migrations.RenameField("Queue", "rest_seconds", "min_reoffer_seconds"),
        migrations.AlterField(
            "Presence", "state", models.CharField(choices=STATES, default="signed_out", max_length=20)
        ),
        migrations.AlterField("PresenceEvent", "state", models.CharField(choices=STATES, max_length=20)),
        migrations.RunSQL(renamed("away", "not_responding"), renamed("not_responding", "away")),
    ]
