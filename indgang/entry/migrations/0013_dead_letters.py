"""What was set aside is called a dead letter, as in other message systems; so is its alert."""

from django.db import migrations

NEW_CODE = "UPDATE entry_alert SET code = 'dead_letter' WHERE code = 'set_aside'"
OLD_CODE = "UPDATE entry_alert SET code = 'set_aside' WHERE code = 'dead_letter'"


class Migration(migrations.Migration):
    dependencies = [("entry", "0012_work_of_any_kind")]

    operations = [migrations.RenameModel("SetAside", "DeadLetter"), migrations.RunSQL(NEW_CODE, OLD_CODE)]
