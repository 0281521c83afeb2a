"""When a callback that somebody has in hand was promised."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entry", "0041_loan_made")]

    operations = [
        migrations.AddField(
            model_name="inhand",
            name="promised_at",
            field=models.DateTimeField(blank=True, help_text="when a callback was promised or ordered", null=True),
        ),
    ]
