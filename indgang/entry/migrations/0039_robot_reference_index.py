from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The calls that were placed for the same reason are found by their reference."""

    dependencies = [("entry", "0038_robot_comment_index")]
    operations = [
        migrations.AddIndex("robotcall", models.Index(fields=["reference"], name="entry_robot_reference")),
    ]
