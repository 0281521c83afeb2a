"""Rules of escalation, and since when somebody has a hand-over. Those that are there have lain since they were sent."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def _since_sent(apps, schema_editor):
    apps.get_model("handover", "Handover").objects.update(placed_at=F("sent_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0001_handovers'),
    ]

    operations = [
        migrations.AddField(
            model_name='handover',
            name='placed_at',
            field=models.DateTimeField(null=True, help_text='since when its unit has it, or the contact centre again'),
        ),
        migrations.RunPython(_since_sent, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='handover',
            name='placed_at',
            field=models.DateTimeField(help_text='since when its unit has it, or the contact centre again'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['unit', 'closed_at'], include=('service', 'told_again'), name='handover_told_again'),
        ),
        migrations.CreateModel(
            name='EscalationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rung', models.CharField(choices=[('owner', 'Den, der har den'), ('group', 'Faggruppen eller enheden'), ('contact', 'Enhedens kontaktperson'), ('leader', 'Teamlederen')], max_length=10)),
                ('minutes', models.SmallIntegerField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalation_rules', to='catalogue.unit')),
            ],
            options={
                'ordering': ['unit', 'minutes'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'rung'), name='handover_rule_once')],
            },
        ),
    ]
