from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entry", "0036_robot_call_reference")]

    operations = [
        migrations.AddIndex(
            model_name="robotcall",
            index=models.Index(condition=models.Q(("outcome", "")), fields=["until"], name="entry_robot_waiting"),
        ),
        migrations.AddIndex(
            model_name="robotcall", index=models.Index(fields=["collected_at"], name="entry_robot_collected")
        ),
    ]
