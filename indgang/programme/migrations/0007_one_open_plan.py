"""A centre has one open rollout plan."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programme", "0006_benefit_withdrawn")]

    operations = [
        migrations.AddConstraint(
            model_name="rolloutplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)), fields=("centre",), name="programme_rollout_one_open"
            ),
        ),
    ]
