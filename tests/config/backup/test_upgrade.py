"""A centre of the previous release comes up with this version: figures, replay and pages."""

from __future__ import annotations

import json

import pytest

from tests.config.backup.conftest import RELEASE, Centre

pytestmark = [pytest.mark.database, pytest.mark.slow("restores whole databases")]

_PAGES = """
from django.test import Client
from indgang.accounts.models import Person
for name, pages in {pages!r}.items():
    client = Client()
    client.force_login(Person.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    for page in pages:
        print(page, client.get(page, follow=True).status_code)
"""


def test_no_figure_changes_and_every_enquiry_is_what_its_events_say(restored: Centre) -> None:
    told = json.loads((RELEASE / "manifest.json").read_text())
    assert told["figures"], "else this proves nothing"
    for table, count in told["rows"].items():
        assert restored.ask(f"SELECT count(*) FROM {table}") == str(count), table
    verified = restored.run("enquiries", "verify")
    assert verified.returncode == 0, verified.stderr
    assert f"{told['rows']['enquiries_enquiry']} enquiries" in verified.stdout


def test_the_tables_are_up_to_date(restored: Centre) -> None:
    assert restored.run("migrate", "--check").returncode == 0
    assert restored.run("makemigrations", "--check", "--dry-run").returncode == 0


def test_pages_answer(restored: Centre) -> None:
    everybody = restored.python(
        "from indgang.accounts.models import Person, RoleAssignment\n"
        "for role in ('administrator', 'agent', 'team_leader'):\n"
        "    print(RoleAssignment.objects.filter(role=role).order_by('pk').first().person.username)"
    ).split()
    administrator, agent, leader = everybody
    pages = {
        administrator: ["/office/operations/", "/office/flows/", "/office/queues/", "/office/people/"],
        agent: ["/desk/"],
        leader: ["/start/"],
    }
    said = restored.python(_PAGES.format(pages=pages))
    public = restored.python(
        "from django.test import Client\nfor page in ('/', '/en/', '/sitemap.xml'):\n"
        "    print(page, Client().get(page, follow=True).status_code)"
    )
    answered = dict(line.split() for line in (said + public).splitlines())
    assert set(answered.values()) == {"200"}, answered
