import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0006_directory_knowledge'),
        ('handover', '0006_arrival_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='from_unit',
            field=models.ForeignKey(blank=True, help_text='the unit of whoever sent what came to no centre; it comes back there', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.unit'),
        ),
        migrations.AddField(
            model_name='participant',
            name='unit',
            field=models.ForeignKey(blank=True, help_text='for which they could read it when they joined; empty: as member of a group, or by a promised window', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.unit'),
        ),
    ]
