"""The application's role in the database adds to the trail and cannot rewrite it; the product works as that role."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from psycopg import errors, sql

from indgang.analysis import gap_measures
from indgang.audit import protection, trail
from indgang.audit.models import Change, Look, LookReview
from indgang.audit.retention import KEPT
from indgang.config import database_roles, embedded, jobs
from indgang.config.environment import OWNER, RETENTION
from indgang.enquiries.models import Enquiry, ReturnCall, State
from indgang.enquiries.verification import Verification
from indgang.entry.models import Presence
from indgang.entry.switchboard.wakeup import parameters
from indgang.events import cursor, months
from indgang.events.models import Era, StoredEvent
from indgang.live import processes
from indgang.measures.models import EnteredValue, SettlementStatement, StatementLine
from indgang.measures.reporting import schema
from indgang.messaging import mail
from indgang.privacy import erasure
from indgang.privacy.models import Erasure, RetentionRule, SubjectSearch
from indgang.privacy.subjects import DataSubject
from indgang.programme.benefits import closing
from tests.enquiries.told_calls import BAKERY, talked
from tests.entry.running import running, told
from tests.programme.benefits import made
from tests.world import MORNING, PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)

APPLICATION, KEEPER = "test_application", "test_retention"
FINAL = [
    "analysis_gapmeasurechange", "audit_change", "audit_look", "entry_presenceevent", "events_event",
    "events_event_rest", "measures_enteredvalue", "measures_settlementstatement", "measures_statementline",
    "programme_benefitmonth", "programme_benefitsignature", "programme_benefitversion",
]  # fmt: skip
#: the columns with a time that have another name than `at`
_TIMES = {
    "analysis_gapmeasurechange": "made_at", "measures_settlementstatement": "closed_at",
    "measures_statementline": "answered_at", "measures_enteredvalue": "entered_at",
    "programme_benefitmonth": "closed_at", "programme_benefitsignature": "signed_at",
    "programme_benefitversion": "made_at",
}  # fmt: skip


@pytest.fixture
def roles(world: World) -> Iterator[None]:
    """The two roles beside the owner, with what `indgang migrate` gives them."""
    with connection.cursor() as cursor:
        for role in (APPLICATION, KEEPER):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
    database_roles.grant(APPLICATION, KEEPER)
    yield
    connection.close()


@contextmanager
def the_application() -> Iterator[None]:
    """Django is connected as the application's role while it lasts."""
    before = dict(connection.settings_dict)
    database_roles._switch({"USER": APPLICATION, "PASSWORD": APPLICATION})
    try:
        yield
    finally:
        database_roles._switch(before)


@pytest.fixture
def as_application(roles: None) -> Iterator[None]:
    with the_application():
        yield


def connected(role: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**{**parameters(), "user": role, "password": role}, autocommit=True)


def address_of(role: str) -> str:
    known = parameters()
    if str(known.get("host", "")).startswith("/"):
        return f"postgresql://{role}:{role}@/{known['dbname']}?host={known['host']}"
    return f"postgresql://{role}:{role}@{known['host']}:{known.get('port') or 5432}/{known['dbname']}"


def filled(world: World) -> None:
    """Something in each table that only grows."""
    with transaction.atomic():
        trail.record(by=world.finn, at=MORNING, action="person.edit", target=world.anna)
        trail.look(by=world.finn, at=MORNING, subject=world.anna, page="test")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_event (stream, number, at, kind) VALUES (gen_random_uuid(), 1, %s, 'test')",
            [MORNING.replace(year=1999)],  # of a month that has no partition of its own, whatever ran before
        )
        cursor.execute("INSERT INTO entry_presenceevent (person_id, at, state, reason) VALUES (%s, %s, 'ready', '')",
                       [world.anna.pk, MORNING])  # fmt: skip
    statement = SettlementStatement.objects.create(
        number=1, owner=world.centres["tmf"], month=MORNING.date().replace(day=1), closed_at=MORNING, closed_by="finn",
        calls=1, net=1, vat=0, total=1,
    )  # fmt: skip
    values = {"kind": "page", "title": "Altaner", "service": world.services["byggetilladelse"], "owner": world.ida}
    gap_measures.decide(values, gap="", expected=None, reason="Fordi", by=world.finn, at=MORNING)
    StatementLine.objects.create(statement=statement, kind="call", answered_by="bif", answered_at=MORNING, amount=1)
    EnteredValue.objects.create(
        figure="service_journeys", first_day=MORNING.date().replace(month=1, day=1),
        last_day=MORNING.date().replace(month=12, day=31), counted=1, entered_by=world.eva, entered_at=MORNING,
    )  # fmt: skip
    benefit = made.signed(world, way="not", not_measured="Trivsel måles ikke.")
    closing.close(benefit, made.LAST_MONTH, reason="x", by=world.hans, at=MORNING)


REWRITING = (
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "DELETE FROM {table}",
    "UPDATE {table} SET {time} = now()",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER USER",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "ALTER TABLE {table} ADD COLUMN more text",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE swallow AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "DROP TABLE {table}",
)
AROUND = (
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
    "CREATE OR REPLACE FUNCTION events_event_is_final() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN OLD; END $$",
    "DROP FUNCTION audit_is_final() CASCADE",
    "CREATE TABLE public.mine (id int)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SELECT setval('events_event_position', 1)",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0099', now())",
    "SET ROLE postgres",
    "SET ROLE test_retention",
    "ALTER ROLE CURRENT_USER SUPERUSER",
)


@pytest.mark.parametrize("statement", REWRITING)
def test_the_application_cannot_rewrite_what_only_grows(statement: str, world: World, roles: None) -> None:
    filled(world)
    before = _counts()
    with connected(APPLICATION) as own:
        own.execute("SET indgang.retention = 'on'")  # opened the triggers once
        for table in FINAL:
            with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType)):
                own.execute(
                    sql.SQL(statement).format(table=sql.Identifier(table), time=sql.Identifier(_TIMES.get(table, "at")))
                )
    assert _counts() == before


def test_the_application_gives_itself_nothing(roles: None) -> None:
    with connected(APPLICATION) as own:
        for table in FINAL:
            own.execute(sql.SQL("GRANT ALL ON {} TO CURRENT_USER").format(sql.Identifier(table)))  # a warning, no more
            allowed = own.execute(
                "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')", [table]
            ).fetchone()
            assert allowed == (False,)


@pytest.mark.parametrize("statement", AROUND)
def test_the_application_finds_no_way_around(statement: str, roles: None) -> None:
    with connected(APPLICATION) as own, pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject)):
        own.execute(statement)


def test_the_tables_that_only_grow_are_those_the_models_name(roles: None) -> None:
    assert protection.append_only_tables() == [name for name in FINAL if name != "events_event_rest"]


def test_each_table_else_is_the_applications_to_work_on(roles: None) -> None:
    with connected(APPLICATION) as own:
        rows = own.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT has_table_privilege(oid, 'SELECT') OR relnamespace = 'public'::regnamespace"
            " AND relkind = 'S' AND NOT has_sequence_privilege(oid, 'USAGE')"
        ).fetchall()
    assert rows == []


def test_retention_deletes_what_is_due_and_nothing_younger(world: World, roles: None, settings: Any) -> None:
    now = datetime.now(UTC)  # noqa: TID251  # the database asks its own clock
    for days in (1, 5 * 365, 5 * 366 + 1):
        with transaction.atomic():
            at = now - timedelta(days=days)
            trail.record(by=world.finn, at=at, action="person.edit", target=world.anna, why=str(days))
            trail.look(by=world.finn, at=at, subject=world.anna, page=str(days))
    for statement in ("DELETE FROM audit_change", "DELETE FROM audit_look"):
        with connected(KEEPER) as own, pytest.raises(errors.RaiseException, match="never changed"):
            own.execute(statement)
    for statement in ("TRUNCATE audit_change", "UPDATE audit_change SET why = ''", "SELECT * FROM accounts_person",
                      "INSERT INTO audit_look DEFAULT VALUES", "DELETE FROM events_event"):  # fmt: skip
        with connected(KEEPER) as own, pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)
    settings.RETENTION_DATABASE_URL = address_of(KEEPER)
    assert database_roles.retention_role() == KEEPER
    assert database_roles.delete_due() == 2
    assert set(Change.objects.values_list("why", flat=True)) == {"1", str(5 * 365)}
    assert set(Look.objects.values_list("page", flat=True)) == {"1", str(5 * 365)}
    assert KEPT == "5 years"


def test_what_is_kept_as_long_as_the_trail_goes_with_it(world: World) -> None:
    now = datetime.now(UTC)  # noqa: TID251  # the database asks its own clock
    said = {"by_id": "person:1", "by_label": "Finn", "why": "x"}
    for age in (timedelta(days=1), timedelta(days=5 * 366 + 1)):
        at, day = now - age, (now - age).date()
        with transaction.atomic():
            look = trail.look(by=world.finn, at=at, subject=world.anna, page="x")
        trail.review(look, note="Om 010190-1234", by=world.finn, at=at)
        SubjectSearch.objects.create(at=at, action="search", **said)
        Erasure.objects.create(at=at, done_at=at, **said)
        RetentionRule.objects.create(kind="drafts", days=9, valid_from=day, at=at, **said)
    Erasure.objects.create(at=at, **said)
    RetentionRule.objects.create(kind="parties", days=9, valid_from=day, at=at, **said)
    database_roles.delete_due()
    assert [each.note for each in LookReview.objects.all()] == ["Om ******-****"]
    assert SubjectSearch.objects.count() == 1
    assert sorted(each.done_at is None for each in Erasure.objects.all()) == [False, True]
    assert sorted(RetentionRule.objects.values_list("kind", flat=True)) == ["drafts", "parties"]


def test_retention_scrubs_calls_and_events_and_nothing_else_of_them(world: World, roles: None, settings: Any) -> None:
    enquiry = talked(world.anna)
    ReturnCall.objects.create(enquiry=enquiry, kind="message", number="+4528913370", created_at=MORNING,
                              done_at=MORNING, recording=b"RIFF")  # fmt: skip
    settings.RETENTION_DATABASE_URL = address_of(KEEPER)
    assert database_roles.scrub_due(at=MORNING + timedelta(days=400))
    assert Enquiry.objects.get().caller_number == ""
    assert ReturnCall.objects.get().recording is None
    assert BAKERY not in str(list(StoredEvent.objects.values_list("data", flat=True)))
    assert list(Verification().run()) == []
    again = talked(world.anna)
    with transaction.atomic():
        erasure.ask(DataSubject(numbers=(BAKERY,), enquiries=(again.pk,)), why="Anmodning 1", by=world.finn, at=MORNING)
    assert database_roles.erase(at=MORNING) == 0
    assert Enquiry.objects.get(pk=again.pk).caller_number == ""
    for statement in ("UPDATE events_event SET at = now()", "INSERT INTO events_event DEFAULT VALUES",
                      "UPDATE accounts_person SET name = ''", "TRUNCATE enquiries_enquiry"):  # fmt: skip
        with connected(KEEPER) as own, pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)


def test_the_application_scrubs_no_event(as_application: None, world: World) -> None:
    talked(world.anna)
    with pytest.raises(Exception, match="permission denied"):
        database_roles.scrub_due(at=MORNING + timedelta(days=400))


def test_the_application_itself_deletes_nothing_of_the_trail(as_application: None, world: World) -> None:
    with pytest.raises(Exception, match="permission denied"):
        database_roles.delete_due()


# --- The product works as that role --------------------------------------------------------------


def test_it_adds_to_the_trail_and_knows_that_the_trail_is_protected(as_application: None, world: World) -> None:
    filled(world)
    assert all(_counts().values())
    assert protection.rewritable_tables() == []


def test_a_reader_follows_the_log(as_application: None, world: World) -> None:
    filled(world)
    with transaction.atomic():
        assert [each.kind for each in cursor.read("test")] == ["test"]
    Era.objects.update(server="before the restore")
    with connected(APPLICATION) as own:
        own.execute(
            "INSERT INTO events_event (stream, number, at, kind) VALUES (gen_random_uuid(), 0, %s, 'late')", [MORNING]
        )
    with transaction.atomic():
        assert [each.kind for each in cursor.read("test")] == ["late"]


def test_months_of_events_are_made(as_application: None) -> None:
    month = datetime(2031, 5, 3, tzinfo=UTC)
    months.ensure(month)
    months.ensure(month)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'events_event_2031%' AND relkind = 'r'")
        assert {name for (name,) in cursor.fetchall()} == {f"events_event_2031_0{month}" for month in (5, 6, 7)}
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connected(APPLICATION) as own:
        own.execute("TRUNCATE events_event_2031_05")
    assert protection.rewritable_tables() == []


def test_a_call_goes_from_ring_to_register(as_application: None, world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = house.simulator.call(dialled="+4533661000", caller_number="+4520304050")
            await house.until(lambda: StoredEvent.objects.first())
            house.simulator.press(leg, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.get().state == State.TALKING)
            house.simulator.hang_up(leg)
            await house.until(lambda: Enquiry.objects.get().state == State.UNREGISTERED)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())


def test_jobs_are_taken_and_done(as_application: None, mailoutbox: list[Any]) -> None:
    with transaction.atomic():
        mail.send(to="ida@firma.example", subject="Emne", text="Tekst")
    asyncio.run(jobs.run_worker(wait=False))
    assert [message.to for message in mailoutbox] == [["ida@firma.example"]]


def test_people_sign_in_and_are_changed(as_application: None, world: World) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": "finn", "password": PASSWORD}).status_code == 302
    page = client.post(
        f"/office/people/{world.anna.pk}/", {"name": "Anna Ny", "email": "", "language": "da"}, follow=True
    )
    assert page.status_code == 200
    assert Change.objects.filter(action="person.edit").exists()
    assert client.get("/office/operations/").status_code == 200
    client.post("/sign-out/")


# --- Warnings and remedies -------------------------------------------------------------------------


def test_the_operations_page_says_when_the_trail_is_not_protected(roles: None, world: World) -> None:
    client = Client()
    client.force_login(world.finn)
    warning = "Loggen kan ændres bagefter"
    assert warning in client.get("/office/operations/").content.decode(), "the tests are the owner"
    with the_application():
        assert warning not in client.get("/office/operations/").content.decode()


def test_a_database_without_tables_is_not_asked_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "append_only_tables", lambda: ["audit_change", "not_there_yet"])
    assert protection.rewritable_tables() == ["audit_change"]


def test_migrating_needs_the_same_database(settings: Any) -> None:
    settings.OWNER_DATABASE_URL = "postgresql://owner@127.0.0.1/another"
    with pytest.raises(CommandError, match="the same database"):
        call_command("migrate", stdout=StringIO())


def test_migrating_says_when_nobody_may_delete_what_is_due(
    roles: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_roles, "as_owner", lambda: nullcontext(APPLICATION))
    for address, said in (("", True), (f"postgresql://{KEEPER}@/x", False)):
        settings.RETENTION_DATABASE_URL, heard = address, StringIO()
        call_command("migrate", verbosity=0, stderr=heard)
        assert (database_roles.KEPT_FOR_EVER in heard.getvalue()) is said


def test_a_process_is_told_no_more_than_it_needs() -> None:
    told_to = {name: set(database_roles.withheld(name)) for name in processes.NAMES}
    both = {OWNER, f"{OWNER}_FILE", RETENTION, f"{RETENTION}_FILE"}
    assert told_to.pop("worker") == {OWNER, f"{OWNER}_FILE"}
    assert all(kept_from == both for kept_from in told_to.values())


_STARTED = """
import os, sys, pathlib
from indgang.config import embedded
embedded.start(pathlib.Path(sys.argv[1]))
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("migrate", verbosity=0)
from django.db import connection
from indgang.audit import protection
from indgang.config.database_roles import current_role
print(current_role(), protection.rewritable_tables(), len(protection.append_only_tables()))
"""


@pytest.mark.slow("migrates a database of its own twice")
def test_the_embedded_server_has_the_roles_from_its_first_start(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    done = subprocess.run(
        [sys.executable, "-c", _STARTED, str(tmp_path / "postgres")],
        env=environment | {"DJANGO_SETTINGS_MODULE": "indgang.config.settings"}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.stdout.split("\n")[-2] == f"{embedded.APPLICATION} [] {len(FINAL) - 1}", done.stdout + done.stderr
    assert schema.ROLE == embedded.REPORTING


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in FINAL[:3] + FINAL[4:]:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = (cursor.fetchone() or (0,))[0]
        return found
