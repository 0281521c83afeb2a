"""Calls are one kind of the work that a restart goes on with, and citizens order calls without being anybody here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entry", "0011_rollout_phase"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RenameModel("LiveCall", "LiveWork"),
        migrations.RenameField("LiveWork", "enquiry", "item"),
        migrations.AlterField(
            "LiveWork",
            "item",
            models.UUIDField(
                help_text="of a call that begins an enquiry: the enquiry's id", primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(
            "Command",
            "person",
            models.ForeignKey(
                help_text="nobody: ordered on the public site",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
