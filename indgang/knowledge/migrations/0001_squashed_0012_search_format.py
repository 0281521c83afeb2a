import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('knowledge', '0001_initial'), ('knowledge', '0002_search_postings'), ('knowledge', '0003_subscription_asks'), ('knowledge', '0004_task_enquiry'), ('knowledge', '0005_searchword_open'), ('knowledge', '0006_guide_revisions'), ('knowledge', '0007_search_by_reader'), ('knowledge', '0008_one_each'), ('knowledge', '0009_guide_approval'), ('knowledge', '0010_synonym_unit'), ('knowledge', '0011_elsewhere'), ('knowledge', '0012_search_format')]

    initial = True

    dependencies = [
        ('catalogue', '0001_squashed_0005_public_site'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='its address on the site; never changes', max_length=120, unique=True)),
                ('unit', models.ForeignKey(help_text='whose subject it is', on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='catalogue.unit')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to=settings.AUTH_USER_MODEL)),
                ('approver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='catalogue.service')),
                ('audience', models.CharField(choices=[('everyone', 'Alle, også på hjemmesiden'), ('staff', 'Medarbejdere'), ('unit', 'Kun enhedens egne medarbejdere')], default='everyone', max_length=10)),
                ('elsewhere', models.BooleanField(default=False, help_text='others answer the question; the article says who, and so does the search')),
                ('review_on', models.DateField(help_text='the day it is to be read through again')),
                ('reminded_on', models.DateField(blank=True, help_text='when the owner was last reminded of the review', null=True)),
                ('created_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_because', models.CharField(blank=True, default='', max_length=300)),
                ('purposes', models.ManyToManyField(blank=True, related_name='articles', to='catalogue.purpose')),
            ],
            options={
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.article')),
                ('language', models.CharField(choices=[('da', 'Dansk'), ('en', 'Engelsk')], default='da', max_length=5)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'Foreslået'), ('draft', 'Kladde'), ('in_review', 'Til godkendelse'), ('published', 'Udgivet'), ('rejected', 'Afvist')], default='draft', max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('short', models.TextField(help_text='the short answer, Markdown without headings')),
                ('body', models.TextField(blank=True, default='', help_text='the full answer, Markdown')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text='words people use for it', size=None)),
                ('links', models.JSONField(blank=True, default=list, help_text='[{"title", "url", "kind": self_service|law|page, "owner": national|…}]')),
                ('reason', models.CharField(blank=True, default='', help_text='why it was changed', max_length=300)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('revision', models.PositiveIntegerField(default=0, help_text='counts saves, so that two editors notice each other')),
                ('published_from', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_note', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ['article', 'language', '-number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'language', 'number'), name='knowledge_version_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'in_review'])), fields=('article', 'language'), name='knowledge_version_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_from__isnull', False), _connector='OR'), name='knowledge_version_dated')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='knowledge.article')),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(help_text='media type, found from the content', max_length=100)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('digest', models.CharField(help_text='SHA-256, in hexadecimal', max_length=64)),
                ('description', models.CharField(blank=True, default='', help_text='read out where it cannot be seen', max_length=300)),
                ('content', models.BinaryField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('article', 'name'), name='knowledge_attachment_name')],
            },
        ),
        migrations.CreateModel(
            name='Guide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guides', to='catalogue.unit')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='guides', to=settings.AUTH_USER_MODEL)),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='guides', to='catalogue.service')),
                ('audience', models.CharField(choices=[('everyone', 'Alle, også på hjemmesiden'), ('staff', 'Medarbejdere'), ('unit', 'Kun enhedens egne medarbejdere')], default='everyone', max_length=10)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('revisions', models.PositiveIntegerField(default=0, help_text='the last one that a draft of it has had')),
            ],
            options={
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='GuideVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guide', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='knowledge.guide')),
                ('language', models.CharField(choices=[('da', 'Dansk'), ('en', 'Engelsk')], default='da', max_length=5)),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('definition', models.JSONField(help_text='see knowledge.guides.parse')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('revision', models.PositiveIntegerField(default=0)),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_at', models.DateTimeField(blank=True, help_text='since when the draft waits for approval', null=True)),
                ('returned_note', models.CharField(blank=True, default='', help_text='why it was sent back', max_length=1000)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['guide', 'language', '-number'],
                'constraints': [models.UniqueConstraint(fields=('guide', 'language', 'number'), name='knowledge_guideversion_number'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('guide', 'language'), name='knowledge_guideversion_one_draft')],
            },
        ),
        migrations.CreateModel(
            name='Helpfulness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='helpfulness', to='knowledge.articleversion')),
                ('day', models.DateField()),
                ('yes', models.PositiveIntegerField(default=0)),
                ('no', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'day'), name='knowledge_helpfulness_day')],
            },
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField(help_text='Markdown')),
                ('title_en', models.CharField(blank=True, default='', max_length=200)),
                ('text_en', models.TextField(blank=True, default='')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.service')),
                ('shown_from', models.DateTimeField()),
                ('shown_until', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, help_text='when the newsletter took it along', null=True)),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'news',
                'ordering': ['-shown_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('shown_until__gt', models.F('shown_from'))), name='knowledge_news_period')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('small_edit_characters', models.PositiveIntegerField(default=60, help_text='a change of at most so many characters goes out without the central approval')),
                ('review_months', models.PositiveSmallIntegerField(default=12, help_text='months until an article is read again')),
            ],
            options={
                'ordering': ['-valid_from'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='knowledge_policy_valid_forwards'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('valid_from', 'valid_to', function='daterange'), '&&')], name='knowledge_policy_one')],
            },
        ),
        migrations.CreateModel(
            name='Search',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(help_text='to the minute')),
                ('place', models.CharField(choices=[('site', 'Hjemmesiden'), ('desk', 'Pladsen'), ('embed', 'Indlejret'), ('command', 'Kommandolinjen')], max_length=10)),
                ('language', models.CharField(default='da', max_length=5)),
                ('asked', models.CharField(help_text='numbers that may point at a person are masked', max_length=200)),
                ('hits', models.PositiveIntegerField()),
                ('weak', models.BooleanField(default=False, help_text='what was found hardly answers it')),
                ('chosen', models.CharField(blank=True, default='', help_text='kind:key of what was opened', max_length=140)),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.service')),
            ],
            options={
                'verbose_name_plural': 'searches',
                'ordering': ['-at'],
                'indexes': [models.Index(fields=['at'], name='knowledge_s_at_ec9da7_idx')],
            },
        ),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('article', 'Artikel'), ('guide', 'Vejviser'), ('service', 'Ydelse'), ('unit', 'Enhed'), ('person', 'Person'), ('answer', 'Tidligere svar')], max_length=10)),
                ('key', models.CharField(help_text='slug of the article, code of the service, …', max_length=120)),
                ('language', models.CharField(default='da', max_length=5)),
                ('audience', models.CharField(choices=[('everyone', 'Alle, også på hjemmesiden'), ('staff', 'Medarbejdere'), ('unit', 'Kun enhedens egne medarbejdere')], default='staff', max_length=10)),
                ('unit_path', models.CharField(blank=True, default='', help_text='of the unit, for audience unit', max_length=500)),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.service')),
                ('elsewhere', models.BooleanField(default=False, help_text='it says who answers instead of us')),
                ('title', models.CharField(max_length=300)),
                ('text', models.TextField(blank=True, default='', help_text='what a hit shows')),
                ('lexemes', django.contrib.postgres.search.SearchVectorField(help_text='made by knowledge.search.analysis, not by PostgreSQL')),
                ('shown_from', models.DateTimeField()),
                ('shown_until', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(help_text='when what it says last changed, for ranking by recency')),
                ('popularity', models.FloatField(default=0.0, help_text='how much staff used it, fading with time')),
                ('format', models.SmallIntegerField(default=0, help_text='knowledge.search.weighing.FORMAT when it was written')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'key'], name='knowledge_s_kind_dd3945_idx'), django.contrib.postgres.indexes.GinIndex(fields=['lexemes'], name='knowledge_document_lexemes')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key', 'language', 'shown_from'), name='knowledge_document_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchPosting',
            fields=[
                ('pk', models.CompositePrimaryKey('document_id', 'lexeme', blank=True, editable=False, primary_key=True, serialize=False)),
                ('document', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='postings', to='knowledge.searchdocument')),
                ('lexeme', models.CharField(db_collation='C', max_length=80)),
                ('shelf', models.CharField(db_collation='C', help_text='language, audience and group, as index.shelf', max_length=12)),
                ('weight', models.PositiveSmallIntegerField(help_text='thousandths')),
            ],
            options={
                'indexes': [models.Index(models.F('lexeme'), models.F('shelf'), models.OrderBy(models.F('weight'), descending=True), include=('document',), name='knowledge_posting_by_weight')],
            },
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('lexeme', 'shelf', 'unit_path', blank=True, editable=False, primary_key=True, serialize=False)),
                ('lexeme', models.CharField(db_collation='C', max_length=80)),
                ('shelf', models.CharField(db_collation='C', help_text='language, audience and group, as index.shelf', max_length=12)),
                ('unit_path', models.CharField(default='', help_text='of the unit whose people alone may read it', max_length=500)),
                ('documents', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('word', 'shelf', 'unit_path', blank=True, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(db_collation='C', help_text='folded, as search.spelling.fold', max_length=100)),
                ('shelf', models.CharField(db_collation='C', help_text='language, audience and group, as index.shelf', max_length=12)),
                ('unit_path', models.CharField(default='', help_text='of the unit whose people alone may read it', max_length=500)),
                ('written', models.CharField(help_text='as it stands in a text, in small letters', max_length=100)),
                ('documents', models.PositiveIntegerField(default=0)),
                ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), help_text='its trigrams', size=None)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='knowledge_word_grams')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('token', models.CharField(help_text='in every link that confirms, changes or ends it', max_length=64, unique=True)),
                ('language', models.CharField(choices=[('da', 'Dansk'), ('en', 'Engelsk')], default='da', max_length=5)),
                ('everything', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField(help_text='when a mail about the subscription itself was last sent')),
                ('asks', models.PositiveSmallIntegerField(default=0, help_text='how many of those; the pauses between them grow')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('services', models.ManyToManyField(blank=True, related_name='+', to='catalogue.service')),
            ],
            options={
                'ordering': ['asked_at'],
            },
        ),
        migrations.CreateModel(
            name='SynonymGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('unit', models.ForeignKey(blank=True, help_text="whose it is to change; empty: the whole municipality's", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.unit')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('missing', 'Svaret mangler'), ('wrong', 'Svaret er forkert'), ('unclear', 'Svaret er uklart'), ('proposal', 'Forslag til ændring')], max_length=10)),
                ('question', models.TextField(blank=True, default='', help_text='what the caller asked; CPR numbers are masked')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='knowledge.article')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='knowledge.articleversion')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.service')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.unit')),
                ('enquiry', models.UUIDField(blank=True, help_text='the call it came up in', null=True)),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('raised_at', models.DateTimeField()),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='knowledge_tasks', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'ordering': ['-raised_at'],
                'indexes': [models.Index(fields=['owner', 'done_at'], name='knowledge_t_owner_i_e00054_idx'), models.Index(condition=models.Q(('enquiry__isnull', False)), fields=['enquiry'], name='knowledge_task_enquiry')],
            },
        ),
    ]
