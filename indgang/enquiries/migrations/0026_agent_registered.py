"""An index for an agent's own day: what they registered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0025_parties_by_email")]

    operations = [
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(fields=["agent", "registered_at"], name="enq_agent_registered"),
        ),
    ]
