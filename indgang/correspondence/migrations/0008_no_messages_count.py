from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('correspondence', '0007_files_to_scan'),
    ]

    operations = [
        # nobody waits in a thread that ended without an answer
        migrations.RunSQL(
            "UPDATE correspondence_thread SET waits_since = NULL, due_at = NULL"
            " WHERE state = 'over' AND ending <> 'answered' AND waits_since IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name='thread', name='messages_count'),
    ]
