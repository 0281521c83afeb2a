"""Swaps that lapse with the plan that they belong to."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0011_shift_plans")]

    operations = [
        migrations.AlterField(
            model_name="swaprequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("offered", "Offered"), ("taken", "Taken"), ("approved", "Approved"), ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"), ("lapsed", "Lapsed"),
                ],
                default="offered", max_length=10,
            ),
        )
    ]  # fmt: skip
