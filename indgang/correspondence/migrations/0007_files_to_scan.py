from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0006_mail_by_mailbox")]

    operations = [
        migrations.AddIndex(
            model_name="enclosure",
            index=models.Index(
                condition=models.Q(("refused", ""), ("scan__in", ("", "unknown"))), fields=["id"], name="enclosure_to_scan"
            ),
        ),
    ]
