from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entry", "0023_queue_public_name")]

    operations = [
        migrations.AddField(
            "Presence",
            "kept",
            models.JSONField(
                db_default={},
                default=dict,
                help_text="what a restart needs besides, as entry.board.kept_desks writes it",
            ),
        ),
    ]
