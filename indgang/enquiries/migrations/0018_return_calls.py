"""A line of the callback list is a return call: a callback is a promised call that waits in a queue."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0017_promised_calls_index"), ("entry", "0013_dead_letters")]

    operations = [
        migrations.RenameModel("RingBack", "ReturnCall"),
        migrations.AlterField(
            "ReturnCall",
            "enquiry",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="return_call", to="enquiries.enquiry"
            ),
        ),
        migrations.AlterField(
            "ReturnCall",
            "queue",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="return_calls",
                to="entry.queue",
            ),
        ),
    ]
