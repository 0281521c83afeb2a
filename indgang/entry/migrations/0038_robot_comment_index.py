from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Comments that nobody has taken yet are found among the calls of a month."""

    dependencies = [("entry", "0037_robot_call_indexes")]
    operations = [
        migrations.AddIndex(
            "robotcall",
            models.Index(
                fields=["comment_at"], name="entry_robot_comments", condition=models.Q(comment__isnull=False)
            ),
        ),
    ]
