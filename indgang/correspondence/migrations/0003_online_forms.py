import django.db.models.deletion
import indgang.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0006_directory_knowledge'),
        ('correspondence', '0002_chats'),
        ('entry', '0034_written_queues'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE correspondence_form_number START 100001", "DROP SEQUENCE correspondence_form_number"
        ),
        migrations.CreateModel(
            name='FormVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField(default=dict)),
                ('intro', models.TextField(blank=True, default='')),
                ('intro_en', models.TextField(blank=True, default='')),
                ('privacy', models.TextField(blank=True, default='', help_text='why it is asked and who sees it')),
                ('privacy_en', models.TextField(blank=True, default='')),
                ('receipt', models.TextField(blank=True, default='', help_text='what happens now, on the receipt')),
                ('receipt_en', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['form', '-number'],
            },
        ),
        migrations.CreateModel(
            name='FormSubmission',
            fields=[
                ('thread', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='submission', serialize=False, to='correspondence.thread')),
                ('answers', models.JSONField(default=dict)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('code', models.CharField(blank=True, default='', max_length=6)),
                ('sent_at', models.DateTimeField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='correspondence.formversion')),
            ],
            options={
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='OnlineForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('name_en', models.CharField(blank=True, default='', max_length=120)),
                ('saved_days', models.PositiveSmallIntegerField(default=14, help_text='how long saved answers are kept')),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='catalogue.contactcentre')),
                ('mailbox', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='correspondence.mailbox')),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='catalogue.purpose')),
                ('queue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='entry.queue')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='catalogue.unit')),
            ],
            options={
                'ordering': ['order', 'name'],
            },
        ),
        migrations.AddField(
            model_name='formversion',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='correspondence.onlineform'),
        ),
        migrations.CreateModel(
            name='SavedAnswers',
            fields=[
                ('id', models.UUIDField(default=indgang.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('token', models.CharField(max_length=43, unique=True)),
                ('language', models.CharField(default='da', max_length=5)),
                ('data', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('submission', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='correspondence.formsubmission')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved', to='correspondence.formversion')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='SavedFile',
            fields=[
                ('id', models.UUIDField(default=indgang.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('field', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=150)),
                ('kind', models.CharField(help_text='media type, by its content', max_length=127)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('content', models.BinaryField()),
                ('scan', models.CharField(blank=True, choices=[('', 'Ikke undersøgt'), ('clean', 'Ingen virus fundet'), ('infected', 'Virus fundet'), ('unknown', 'Kunne ikke undersøges')], default='', max_length=10)),
                ('at', models.DateTimeField()),
                ('saved', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='correspondence.savedanswers')),
            ],
            options={
                'ordering': ['saved', 'at', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='formversion',
            constraint=models.UniqueConstraint(fields=('form', 'number'), name='correspondence_formversion_number'),
        ),
        migrations.AddConstraint(
            model_name='formversion',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('form',), name='correspondence_formversion_one_draft'),
        ),
    ]
