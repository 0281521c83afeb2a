from django.db import migrations


class Migration(migrations.Migration):
    """Marks live for milliseconds. What a crash of the database loses of them, the pages fetch anyway: after every
    reconnection of the stream process all of them refresh everything."""

    dependencies = [("live", "0003_running_process")]

    operations = [
        migrations.RunSQL("ALTER TABLE live_mark SET UNLOGGED", "ALTER TABLE live_mark SET LOGGED"),
    ]
