from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_early_warnings'),
    ]

    operations = [
        migrations.AddField(
            model_name='reporttemplate',
            name='nobody_for',
            field=models.DateField(blank=True, null=True),
        ),
    ]
