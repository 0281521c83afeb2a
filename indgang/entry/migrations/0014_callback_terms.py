"""How promised calls are tried is decided for each queue, by the day; before it was a setting of the installation."""

from django.db import migrations, models


def _number(value: int, help_text: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(default=value, db_default=value, help_text=help_text)


class Migration(migrations.Migration):
    dependencies = [("entry", "0013_dead_letters")]

    operations = [
        migrations.AddField(
            "QueueTerms",
            "callback_attempts",
            _number(3, "how often a promised call is tried in vain at most"),
        ),
        migrations.AddField("QueueTerms", "callback_pause_minutes", _number(15, "between attempts")),
        migrations.AddField(
            "QueueTerms", "callback_from_hour", _number(8, "nobody is rung earlier, by the clock in Copenhagen")
        ),
        migrations.AddField("QueueTerms", "callback_until_hour", _number(20, "nor from then on")),
    ]
