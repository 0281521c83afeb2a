from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0004_whole_months")]

    operations = [
        migrations.AddField(
            model_name="rollupstate",
            name="on_duty_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
