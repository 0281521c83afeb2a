"""User names that differ in capital letters alone are one name. Two accounts that have one already stop the migration."""

from collections import defaultdict

from django.db import migrations

from indgang.accounts.models import FoldedUsername
from indgang.core.text import folded


class NamesCollide(Exception):
    """Accounts whose user names are one name."""


def fold_all(apps, schema_editor):
    Person = apps.get_model("accounts", "Person")
    by_name = defaultdict(list)
    for person in Person.objects.order_by("pk"):
        by_name[folded(person.username)].append(person)
    check(by_name)
    for name, (person,) in by_name.items():
        Person.objects.filter(pk=person.pk).update(username_folded=name)


def check(by_name):
    doubles = [people for people in by_name.values() if len(people) > 1]
    if doubles:
        lines = [", ".join(f"{each.username} (id {each.pk}, {each.name})" for each in people) for people in doubles]
        raise NamesCollide(
            "These accounts have user names that differ in capital letters alone, and count as one from now on:\n  "
            + "\n  ".join(lines)
            + "\nGive all but one of each another name, for example\n"
            f"  UPDATE accounts_person SET username = '{doubles[0][-1].username}-2' WHERE id = {doubles[0][-1].pk};\n"
            "and run the migration again. Nothing has been changed."
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_submission")]

    operations = [
        migrations.AddField("person", "username_folded", FoldedUsername(editable=False, max_length=200, null=True)),
        migrations.RunPython(fold_all, migrations.RunPython.noop),
        migrations.AlterField(
            "person", "username_folded", FoldedUsername(editable=False, max_length=200, unique=True)
        ),
    ]
