import django.db.models.deletion
from django.db import migrations, models


def give_to_only_users(apps, schema_editor):
    """A text that the flows and queues of one owner alone say is that owner's; what several say is everybody's."""
    Prompt, FlowVersion = apps.get_model("entry", "Prompt"), apps.get_model("entry", "FlowVersion")
    owners = {}
    for version in FlowVersion.objects.select_related("flow__centre").iterator():
        for code in _texts(version.definition):
            owners.setdefault(code, set()).add(version.flow.centre.owner_id)
    for message in apps.get_model("entry", "QueueMessage").objects.select_related("queue__centre"):
        owners.setdefault(message.prompt_code, set()).add(message.queue.centre.owner_id)
    for code, found in owners.items():
        if len(found) == 1:
            Prompt.objects.filter(code=code).update(unit_id=found.pop())


def _texts(part):
    """Every text in a definition: codes of prompts are among them, and what else is there names no prompt."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        return {text for each in part for text in _texts(each)}
    return {part} if isinstance(part, str) else set()


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("entry", "0007_one_each")]
    operations = [
        migrations.AddField(
            model_name="prompt",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prompts",
                to="catalogue.unit",
                help_text="whose it is to change, the same in all languages; empty: the whole municipality's",
            ),
        ),
        migrations.RunPython(give_to_only_users, migrations.RunPython.noop),
    ]
