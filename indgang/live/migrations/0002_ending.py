from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whose", models.TextField(help_text="session-<digest> or person-<id>")),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
