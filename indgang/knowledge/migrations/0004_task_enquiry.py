from django.db import migrations, models


class Migration(migrations.Migration):
    """What was marked during a call is asked for each time its registration is shown."""

    dependencies = [("knowledge", "0003_subscription_asks")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("enquiry__isnull", False)), fields=["enquiry"], name="knowledge_task_enquiry"
            ),
        ),
    ]
