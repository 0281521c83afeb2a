from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analysis", "0006_kept_gaps")]

    operations = [
        migrations.AddField(
            model_name="segmentdecision",
            name="printed_cases",
            field=models.PositiveIntegerField(
                blank=True, null=True, help_text="cases of the documents' row of the service: with its name its key (X-26)"
            ),
        ),
    ]
