from django.db import migrations, models

#: Names and numbers of citizens outlived their time in labels and values of the trail. They go as the trail's owner,
#: once; from now on they are not written (docs/adr/0031).
FORGET = """
ALTER TABLE audit_change DISABLE TRIGGER audit_change_final;
ALTER TABLE audit_look DISABLE TRIGGER audit_look_final;
UPDATE audit_look SET subject_label = 'Part ' || subject_id WHERE subject_type = 'enquiries.party';
UPDATE audit_change SET target_label = 'Part ' || target_id, after = after - 'number' - 'cvr' - 'name'
    WHERE target_type = 'enquiries.party';
UPDATE audit_change SET target_label = 'Opkald ' || target_id WHERE target_type = 'enquiries.returncall';
ALTER TABLE audit_change ENABLE TRIGGER audit_change_final;
ALTER TABLE audit_look ENABLE TRIGGER audit_look_final;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_final_without_a_switch")]
    operations = [
        migrations.AddField(
            model_name="look",
            name="why",
            field=models.TextField(blank=True, db_default="", default="", help_text="where a page asks for a reason"),
        ),
        migrations.CreateModel(
            name="LookReview",
            fields=[
                ("look", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("by_id", models.TextField()),
                ("by_label", models.TextField()),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
