import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("knowledge", "0009_guide_approval")]
    operations = [
        migrations.AddField(
            model_name="synonymgroup",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="catalogue.unit",
                help_text="whose it is to change; empty: the whole municipality's",
            ),
        ),
    ]
