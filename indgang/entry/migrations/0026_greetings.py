import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_public_site"),
        ("entry", "0025_recording_purposes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Greeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(default=datetime.date(2020, 1, 1))),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("prompt_code", models.SlugField(max_length=80)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="greetings",
                        to="catalogue.contactcentre",
                    ),
                ),
            ],
            options={
                "ordering": ["centre", "-valid_from"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="entry_greeting_valid_forwards",
                    ),
                    models.UniqueConstraint(fields=("centre", "valid_from"), name="entry_greeting_begins_once"),
                ],
            },
        ),
    ]
