from django.db import migrations, models

# when it was said is not known of what was used before; when it was shown is the earliest it can have been
_KNOWN_OF_BEFORE = "UPDATE enquiries_articleuse SET used_at = shown_at WHERE used"
_BACK = "UPDATE enquiries_articleuse SET used = used_at IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0008_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='articleuse',
            name='used_at',
            field=models.DateTimeField(blank=True, help_text='when the agent said so; empty: not used', null=True),
        ),
        migrations.RunSQL(_KNOWN_OF_BEFORE, _BACK),
        migrations.RemoveField(
            model_name='articleuse',
            name='used',
        ),
    ]
