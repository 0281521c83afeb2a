from django.db import migrations, models
from django.db.models.functions import Left


def offer_what_was_offered(apps, schema_editor):
    """Until now citizens could choose every queue but the safe one, by its name."""
    queues = apps.get_model("entry", "Queue").objects.filter(is_safe=False)
    queues.update(public_name=Left("name", 100), public_name_en=Left("name_en", 100))


class Migration(migrations.Migration):
    dependencies = [("entry", "0022_dial_rules")]

    operations = [
        migrations.AddField(
            "Queue",
            "public_name",
            models.CharField(
                blank=True,
                default="",
                help_text="what citizens choose it by for a call; empty: they cannot",
                max_length=100,
            ),
        ),
        migrations.AddField("Queue", "public_name_en", models.CharField(blank=True, default="", max_length=100)),
        migrations.RunPython(offer_what_was_offered, migrations.RunPython.noop),
    ]
