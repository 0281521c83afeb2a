from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0008_imported_baseline'),
    ]

    operations = [
        migrations.AddField(
            model_name='rolloutservice',
            name='switched_on',
            field=models.DateField(blank=True, null=True),
        ),
    ]
