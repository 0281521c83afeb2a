import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('catalogue', '0001_initial'), ('catalogue', '0002_hours_until_midnight'), ('catalogue', '0003_service_public_name'), ('catalogue', '0004_purposes_without_level'), ('catalogue', '0005_public_site')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PublicSite',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('name_en', models.CharField(blank=True, default='', max_length=100)),
                ('logo', models.CharField(blank=True, default='', help_text='stands at the top; empty: the name', max_length=40)),
                ('contact', models.TextField(blank=True, default='', help_text='one line each at the foot of every page')),
                ('contact_en', models.TextField(blank=True, default='')),
                ('colour', models.CharField(blank=True, default='', help_text='#rrggbb, dark enough for white text', max_length=7)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='catalogue_publicsite_one')],
            },
        ),
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, default='', max_length=200)),
                ('order', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['order'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_purpose_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('closed_on_holidays', models.BooleanField(default=True)),
                ('closed_on_optional_holidays', models.BooleanField(default=True, help_text="Constitution Day, Christmas Eve and New Year's Eve")),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_schedule_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='OpenSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weekly', to='catalogue.schedule')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
            ],
            options={
                'ordering': ['weekday', 'opens'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_openspan_valid_forwards'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='catalogue_openspan_forwards'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='catalogue_openspan_weekday')],
            },
        ),
        migrations.CreateModel(
            name='ScheduleException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='catalogue.schedule')),
                ('day', models.DateField()),
                ('opens', models.TimeField(blank=True, null=True)),
                ('closes', models.TimeField(blank=True, null=True)),
                ('reason', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['day', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), ('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='catalogue_scheduleexception_forwards')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalogue.unit')),
                ('kind', models.CharField(choices=[('municipality', 'Kommune'), ('administration', 'Forvaltning'), ('centre', 'Center'), ('unit', 'Enhed')], max_length=20)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, default='', max_length=200)),
                ('path', models.CharField(help_text='codes from the root, e.g. kk/tmf/cmb/', max_length=500, unique=True)),
                ('phone', models.CharField(blank=True, default='', max_length=30)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
            ],
            options={
                'ordering': ['path'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_unit_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='ContactCentre',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='centres_owned', to='catalogue.unit')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='centres_operated', to='catalogue.unit')),
                ('site', models.CharField(blank=True, default='', max_length=200)),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='centres', to='catalogue.schedule')),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_contactcentre_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='DirectoryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('name', models.CharField(max_length=200)),
                ('initials', models.CharField(blank=True, default='', max_length=20)),
                ('title', models.CharField(blank=True, default='', max_length=200)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='directory', to='catalogue.unit')),
                ('phone', models.CharField(blank=True, default='', max_length=30)),
                ('mobile', models.CharField(blank=True, default='', max_length=30)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('responsibilities', models.TextField(blank=True, default='')),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_directoryentry_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('code', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=300)),
                ('name_en', models.CharField(blank=True, default='', max_length=300)),
                ('public_name', models.CharField(blank=True, default='', help_text='what the public calls it', max_length=100)),
                ('public_name_en', models.CharField(blank=True, default='', max_length=100)),
                ('situation', models.CharField(blank=True, choices=[('build', 'Bygge og bo'), ('street', 'Bruge vej, fortov og plads'), ('event', 'Holde et arrangement'), ('serve', 'Servere og sælge'), ('start', 'Starte og drive virksomhed'), ('hire', 'Ansætte og oplære'), ('sick', 'Når en medarbejder er syg'), ('soil', 'Jord og forurening'), ('waste', 'Affald og miljø'), ('water', 'Vand og spildevand'), ('fire', 'Brand og beredskab'), ('trouble', 'Støj, skadedyr og andet, der generer'), ('traffic', 'Parkering og trafik'), ('papers', 'Pas, kørekort og flytning'), ('case', 'Din sag hos kommunen')], default='', max_length=10)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='catalogue.unit')),
                ('keywords', models.TextField(blank=True, default='', help_text='words people use for it, comma separated')),
                ('cases_per_year', models.PositiveIntegerField(blank=True, null=True)),
                ('volume', models.CharField(blank=True, default='', help_text='small or large (1,500 a year or more)', max_length=10)),
                ('complexity', models.CharField(blank=True, default='', help_text='low or high (score 9 or more)', max_length=10)),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_service_valid_forwards')],
            },
        ),
        migrations.CreateModel(
            name='LocalPurpose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(default=datetime.date(2020, 1, 1))),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='local_purposes', to='catalogue.service')),
                ('name', models.CharField(max_length=200)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='local_purposes', to='catalogue.purpose')),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['service', 'order'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalogue_localpurpose_valid_forwards')],
            },
        ),
    ]
