from django.db import migrations, models
from django.db.models import F


def _all_had_a_mean(apps, schema_editor):
    rows = apps.get_model("planning", "ForecastAccuracy").objects
    rows.update(mean_calls=F("calls"))


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_forecasts")]

    operations = [
        migrations.AddField("forecastaccuracy", "mean_calls", models.FloatField(default=0)),
        migrations.RunPython(_all_had_a_mean, migrations.RunPython.noop),
    ]
