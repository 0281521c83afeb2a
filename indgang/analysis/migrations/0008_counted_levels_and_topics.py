from __future__ import annotations

from django.db import migrations, models

_TOPICS = [("no", "Ikke sagsbehandling"), ("yes", "Sagsbehandling"), ("possibly", "Måske sagsbehandling")]


class Migration(migrations.Migration):
    dependencies = [("analysis", "0007_printed_cases")]

    operations = [
        migrations.AddField(
            model_name="countedpurpose",
            name="topic",
            field=models.CharField(blank=True, choices=_TOPICS, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="countingperson",
            name="is_first_level",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="countedenquiry",
            name="is_first_level",
            field=models.BooleanField(blank=True, null=True),
        ),
    ]
