import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0005_desk_indexes")]
    operations = [
        migrations.AddField(
            model_name="partynumber",
            name="learnt_from",
            field=models.ForeignKey(
                blank=True,
                help_text="empty: known before",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="enquiries.enquiry",
            ),
        )
    ]
