"""A centre of the previous release comes up with this version: figures, replay and pages."""

from __future__ import annotations

import json
import re

import pytest
from django.apps import apps
from django.db import connection

from tests.config.backup.conftest import RELEASE, Centre

pytestmark = [pytest.mark.database, pytest.mark.slow("restores whole databases")]

#: one program for everybody, because each start takes seconds of processor time
_PAGES = """
from django.test import Client
from indgang.accounts.models import RoleAssignment
for role, pages in {pages!r}.items():
    client = Client()
    if role:
        person = RoleAssignment.objects.filter(role=role).order_by("pk").first().person
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for page in pages:
        print(page, client.get(page, follow=True).status_code)
"""
_ANSWERING = {
    "administrator": ["/office/operations/", "/office/flows/", "/office/queues/", "/office/people/"],
    "agent": ["/desk/"], "team_leader": ["/start/"], "": ["/", "/en/", "/sitemap.xml"],
}  # fmt: skip


def test_no_figure_changes_and_every_enquiry_is_what_its_events_say(upgraded: Centre) -> None:
    told = json.loads((RELEASE / "manifest.json").read_text())
    assert told["figures"], "else this proves nothing"
    for table, count in told["rows"].items():
        assert upgraded.ask(f"SELECT count(*) FROM {table}") == str(count), table
    verified = upgraded.run("enquiries", "verify")
    assert verified.returncode == 0, verified.stderr
    assert f"{told['rows']['enquiries_enquiry']} enquiries" in verified.stdout


def test_the_tables_are_up_to_date(upgraded: Centre) -> None:
    upgraded.python(
        "from django.core.management import call_command\n"
        "call_command('migrate', check_unapplied=True)\n"
        "call_command('makemigrations', check_changes=True, dry_run=True)"
    )


#: tables with their columns, indexes, constraints, triggers and functions, without the names that Django makes up
_MADE = """
WITH own AS (
    SELECT oid, relname, relkind, relpersistence FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
), made AS (
    SELECT concat_ws(' ', relname, relkind, relpersistence, attname, format_type(atttypid, atttypmod), attnotnull,
                     attidentity, collname, pg_get_expr(adbin, adrelid)) AS line
    FROM own JOIN pg_attribute ON attrelid = own.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum LEFT JOIN pg_collation c ON c.oid = attcollation
    UNION ALL SELECT regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON', 'INDEX ON')
    FROM own JOIN pg_index ON indrelid = own.oid
    UNION ALL SELECT concat_ws(' ', relname, pg_get_constraintdef(c.oid))
    FROM own JOIN pg_constraint c ON conrelid = own.oid WHERE contype <> 'n'
    UNION ALL SELECT pg_get_triggerdef(t.oid) FROM own JOIN pg_trigger t ON tgrelid = own.oid WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
) SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") FROM made
"""
_NAMES = """
SELECT string_agg(name, ' ') FROM (
    SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind IN ('i', 'I')
) AS named
"""


def test_an_upgrade_makes_the_same_tables_as_an_empty_database_gets(upgraded: Centre, db: None) -> None:
    """An empty database gets squashed migrations, which the release before does not know."""
    with connection.cursor() as cursor:
        cursor.execute(_MADE)
        (fresh,) = cursor.fetchone() or ("",)
    assert _lines(upgraded.ask(_MADE)) ^ _lines(fresh) == set()


def _lines(made: str) -> set[str]:
    """Without the casts and brackets that a dump adds to what it restores."""
    return {re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) for line in made.splitlines()}


def test_an_upgrade_gives_indexes_and_constraints_the_names_that_later_migrations_use(upgraded: Centre) -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("indgang.") and model._meta.managed]
    wanted = {each.name for model in ours for each in (*model._meta.indexes, *model._meta.constraints)}
    assert wanted - set(upgraded.ask(_NAMES).split()) == set()


def test_pages_answer(upgraded: Centre) -> None:
    said = upgraded.python(_PAGES.format(pages=_ANSWERING))
    answered = dict(line.split() for line in said.splitlines())
    assert answered == {page: "200" for pages in _ANSWERING.values() for page in pages}
