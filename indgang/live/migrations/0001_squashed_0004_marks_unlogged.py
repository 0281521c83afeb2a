from django.db import migrations, models

#: Marks live for milliseconds. After a crash of the database, pages fetch everything anyway.
UNLOGGED = "ALTER TABLE live_mark SET UNLOGGED"


class Migration(migrations.Migration):

    replaces = [('live', '0001_initial'), ('live', '0002_ending'), ('live', '0003_running_process'), ('live', '0004_marks_unlogged')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whose', models.TextField(help_text='session-<digest> or person-<id>')),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.TextField(help_text='scope/part, e.g. person-12/phone')),
            ],
        ),
        migrations.CreateModel(
            name='RunningProcess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='web, live, switchboard, worker', max_length=40)),
                ('host', models.CharField(max_length=200)),
                ('pid', models.PositiveIntegerField()),
                ('version', models.CharField(max_length=40)),
                ('standing_by', models.BooleanField(default=False, help_text='ready to take over from one that is active')),
                ('started_at', models.DateTimeField()),
                ('heartbeat', models.DateTimeField()),
            ],
            options={
                'ordering': ['name', 'started_at'],
            },
        ),
        migrations.RunSQL(UNLOGGED),
    ]
