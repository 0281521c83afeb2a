from __future__ import annotations

from django.db import migrations, models

_TOPICS = [("no", "Ikke sagsbehandling"), ("yes", "Sagsbehandling"), ("possibly", "Måske sagsbehandling")]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_service_units")]

    operations = [
        migrations.AddField(
            model_name="localpurpose",
            name="topic",
            field=models.CharField(blank=True, choices=_TOPICS, default="", max_length=10),
        ),
    ]
