from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Nobody was offered to record a comment."""

    dependencies = [("feedback", "0007_questions_by_level")]

    operations = [
        migrations.RemoveField(model_name="comment", name="recording"),
        migrations.RemoveField(model_name="comment", name="recorded_until"),
        migrations.RemoveField(model_name="comment", name="transcribed_at"),
    ]
