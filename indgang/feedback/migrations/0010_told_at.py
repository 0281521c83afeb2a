"""When those who can take a follow-up have been told of it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0009_digest")]
    operations = [
        migrations.AddField(
            "followup",
            "told_at",
            models.DateTimeField(blank=True, help_text="whoever can take it has been told by mail", null=True),
        ),
    ]
