import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entry", "0040_agent_loans"),
    ]

    operations = [
        migrations.AddField(
            model_name="agentloan",
            name="made",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
