from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_apart_outcomes")]

    operations = [
        migrations.AddField("scrubbingprogress", "passed_over", models.DateTimeField(blank=True, null=True)),
    ]
