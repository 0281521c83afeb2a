from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_nobody_for")]

    operations = [
        migrations.AddField(
            model_name="earlywarning",
            name="is_run",
            field=models.BooleanField(default=False),
        ),
    ]
