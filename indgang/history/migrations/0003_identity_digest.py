"""How the rows of a part are told apart, in place of whether they have ids."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('history', '0002_values'),
    ]

    operations = [
        migrations.AddField(
            model_name='importedpart',
            name='identity_digest',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        migrations.RemoveField(
            model_name='importedpart',
            name='has_ids',
        ),
    ]
