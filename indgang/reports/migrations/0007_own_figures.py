from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_what_was_shown(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The table of the shipped template showed these figures, whatever it named."""
    blocks = apps.get_model("reports", "ReportBlock").objects.filter(kind="figures", template__readers="employees")
    blocks.filter(figures=["first_contact_resolution"]).update(
        figures=["average_talk_seconds", "transfers", "first_contact_resolution"]
    )


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0006_watched_days"),
    ]

    operations = [
        migrations.RunPython(name_what_was_shown, migrations.RunPython.noop),
    ]
