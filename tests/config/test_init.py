"""`indgang init`: from an empty database to the smallest working centre; broken off, repeated, twice at once."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from psycopg import sql

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.models import Change
from indgang.catalogue.models import ContactCentre, Purpose, Service, Unit
from indgang.config import environment, secret
from indgang.config.first_centre import answers, making, questions
from indgang.config.first_centre.answers import BadAnswers, GivenAnswers
from indgang.config.first_centre.form import LONGEST_NAME
from indgang.entry.models import EntryPoint, Flow, PauseReason, Prompt, Queue
from indgang.entry.setup import flow_versions
from indgang.office.models import Milestone
from indgang.routing import flows
from indgang.workforce.models import Skill
from tests.processes import Started
from tests.server import migrated

AT = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
PASSWORD = "en lang sætning om havnen"
FILE = """
municipality: Eksempel Kommune
units: [Borgerservice, Teknik og Miljø]
hours: 9-16
number: +45 33 66 33 66
skills: [Engelsk, Byggesager]
administrator:
  name: Karen Klitgaard
  username: karen
  email: karen@kommune.example
  password_file: password
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    path = tmp_path / "init.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def make(file: Path, **more: Any) -> making.Made:
    given = answers.given(file)
    given.take_defaults()
    return making.make(answers.check(given), at=AT, say=lambda line: None, **more)


def counted() -> dict[str, int]:
    kinds = (Unit, ContactCentre, Service, Purpose, PauseReason, Skill, Queue, Flow, Prompt, EntryPoint, Person,
             RoleAssignment, Milestone)  # fmt: skip
    return {each.__name__: each.objects.count() for each in kinds}


# --- What is made ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_smallest_centre_is_whole(file: Path) -> None:
    assert make(file) == making.Made(centre=True, administrator=True, account=True)
    centre = ContactCentre.objects.get()
    assert [unit.name for unit in Unit.objects.all()] == [
        "Eksempel Kommune", "Borgerservice", "Kontaktcentret", "Teknik og Miljø"
    ]  # fmt: skip
    assert {str(span) for span in centre.schedule.weekly.all()} == {f"{day} 09:00-16:00" for day in range(5)}
    assert Purpose.objects.count() == 9
    assert Service.objects.count() == 2
    assert PauseReason.objects.count() == 6
    assert {each.name for each in Skill.objects.all()} == {"Engelsk", "Byggesager"}
    assert Queue.objects.get(is_safe=True).steps[0]["also_queues"] == [Queue.objects.get(is_safe=False).code]
    point = EntryPoint.objects.get()
    assert (point.number, point.flow.centre) == ("+4533663366", centre)
    version = flow_versions.in_force(point.flow)
    assert version is not None
    assert flows.errors(flows.parse(version.definition), flow_versions.known(AT.date())) == []


@pytest.mark.django_db
def test_the_longest_names_can_be_used(file: Path) -> None:
    longest, given = "K" * LONGEST_NAME, answers.given(file)
    given.give("centre", longest, "here")
    given.give("units", "B" * LONGEST_NAME, "here")
    given.take_defaults()
    assert making.make(answers.check(given), at=AT, say=lambda line: None).centre
    assert ContactCentre.objects.get().name == longest


@pytest.mark.django_db
def test_the_trail_tells_of_each_part(file: Path) -> None:
    make(file)
    actions = set(Change.objects.values_list("action", flat=True))
    assert {
        "person.create", "role.give", "unit.add", "contactcentre.add", "service.add", "purpose.add", "schedule.add",
        "schedule.change_week", "pause_reason.create", "skill.create", "queue.create", "prompt.create", "flow.create",
        "flow.publish", "entrypoint.create", "milestone.reach",
    } <= actions  # fmt: skip
    assert Change.objects.filter(action="prompt.create").count() == Prompt.objects.count()


@pytest.mark.django_db
def test_the_administrator_signs_in_and_comes_to_their_page(file: Path, client: Client) -> None:
    make(file)
    page = client.post(reverse("sign-in"), {"username": "Karen", "password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("password"), "a password that stood in a file is changed first"


@pytest.mark.django_db
def test_a_second_time_changes_nothing_and_brings_nothing_back(file: Path) -> None:
    make(file)
    Skill.objects.filter(name="Engelsk").delete()
    before = counted()
    assert make(file) == making.Made(centre=False, administrator=False, account=False)
    assert counted() == before


@pytest.mark.django_db
def test_another_administrator_is_refused_by_name_unless_asked_for(file: Path) -> None:
    make(file)
    text = FILE.replace("Karen Klitgaard", "Bente Birk").replace("username: karen", "username: bente")
    file.write_text(text, encoding="utf-8")
    before = counted()
    with pytest.raises(making.Occupied, match=r"Karen Klitgaard \(karen\) is its administrator. Bente Birk was not"):
        make(file)
    assert counted() == before
    assert make(file, another_administrator=True) == making.Made(centre=False, administrator=True, account=True)
    assert counted() == before | {"Person": 2, "RoleAssignment": 2}


@pytest.mark.django_db
def test_an_account_that_is_there_keeps_its_password_and_a_closed_one_is_refused(file: Path) -> None:
    make(file)
    password = Person.objects.get().password
    RoleAssignment.objects.all().delete()
    assert make(file, another_administrator=True) == making.Made(centre=False, administrator=True, account=False)
    assert Person.objects.get().password == password
    Person.objects.update(is_active=False)
    with pytest.raises(making.Occupied, match="The account karen is closed"):
        make(file, another_administrator=True)


@pytest.mark.django_db
def test_a_database_that_holds_something_else_is_left_alone(world: Any, file: Path) -> None:
    before = counted()
    with pytest.raises(making.Occupied, match="already holds “Kommunen”"):
        make(file)
    assert counted() == before


@pytest.mark.django_db
def test_a_fault_half_way_leaves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = counted()

    def fault(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(flow_versions, "publish", fault)
    with pytest.raises(RuntimeError):
        make(file)
    assert counted() == before


# --- FirstCentre -----------------------------------------------------------------------------------


def findings(text: str, tmp_path: Path, name: str = "init.yaml") -> str:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    given = answers.given(file)
    given.take_defaults()
    with pytest.raises(BadAnswers) as refused:
        answers.check(given)
    return "\n".join(str(each) for each in refused.value.findings)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    told = findings(
        """
municipality: Eksempel Kommune
units: [Borgerservice, borgerservice]
hours: 16-9
number: 12 34
hourz: 8
administrator: {name: Karen Klitgaard, email: karen@, password: karen}
""",
        tmp_path,
    )
    for part in (
        "units in", "“Borgerservice” is there twice", "hours in", "number in", "“12 34” is no Danish number",
        "hourz in", "Did you mean hours?", "administrator.username: is missing", "INDGANG_INIT_USERNAME_FILE",
        "administrator.email in", "administrator.password in", "12",
    ):  # fmt: skip
        assert part in told, told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: [", "is not readable as YAML: line"),
        ("a: &x [1]\nb: *x", "line 2 refers to another place"),
        ("just words", "holds no fields"),
        ("administrator: {password_file: nowhere}", "nowhere cannot be read (No such file or directory)"),
        ("municipality: [Et, To]", "is a list; write one value"),
        ("municipality: '!!!'", "has no letters"),
        ("number: +46 8 508 00 508", "is no Danish number"),
        ("hours: lukket", "never open"),
        ("municipality: Kontaktcentret", "needs another name"),
    ],
)
def test_each_fault_of_a_file_has_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    assert told in findings(text, tmp_path)


def test_toml_and_the_environment_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "init.toml"
    file.write_text('municipality = "Eksempel Kommune"\nnumber = 33663366\n[administrator]\nname = "Karen"\n')
    (tmp_path / "secret").write_text(f"{PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv("INDGANG_INIT_USERNAME", "karen")
    monkeypatch.setenv("INDGANG_INIT_MUNICIPALITY", "En anden, som filen går forud for")
    monkeypatch.setenv("INDGANG_INIT_PASSWORD_FILE", str(tmp_path / "secret"))
    given = answers.given(file)
    given.take_defaults()
    read = answers.check(given)
    assert (read.municipality, read.number, read.username) == ("Eksempel Kommune", "+4533663366", "karen")
    assert read.password == PASSWORD
    assert PASSWORD not in repr(read)


def test_the_terminal_asks_again_for_what_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["Eksempel Kommune", "", "", "", "12", "", "Karen", "karen", "", "33 66 33 66"])
    passwords = iter(["kort", "kort", "sætning nummer et", "sætning nummer to", PASSWORD, PASSWORD])
    said: list[str] = []
    monkeypatch.setattr("builtins.input", lambda question: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda question: next(passwords))
    read = questions.ask(GivenAnswers(), everything=True, say=said.append)
    assert (read.number, read.centre, read.password, read.password_typed) == (
        "+4533663366", "Kontaktcentret", PASSWORD, True
    )  # fmt: skip
    assert any("no Danish number" in line for line in said)
    assert any("not the same" in line for line in said)


@pytest.mark.django_db
def test_a_password_that_was_typed_need_not_be_changed(file: Path) -> None:
    given = answers.given(file)
    given.take_defaults()
    given.password_typed = True
    making.make(answers.check(given), at=AT, say=lambda line: None)
    assert not Person.objects.get().must_change_password


@pytest.mark.django_db
def test_the_command_says_everything_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "init.yaml"
    file.write_text("number: 1", encoding="utf-8")
    with pytest.raises(CommandError, match=r"(?s)Nothing was set up.*municipality: is missing.*no Danish number"):
        call_command("init", file=file, no_input=True, stdout=StringIO())
    assert not Unit.objects.exists()


# --- The secret --------------------------------------------------------------------------------


def test_the_secret_is_made_once_for_its_owner_alone(settings: Any, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.SECRET_FILE = settings.OPEN_SECRET, tmp_path / "new" / "secret-key"
    assert secret.keep_one()
    assert stat.S_IMODE(settings.SECRET_FILE.stat().st_mode) == 0o600
    assert secret.fault_of(environment.content(settings.SECRET_FILE)) is None
    made = settings.SECRET_KEY
    settings.SECRET_KEY = settings.OPEN_SECRET
    assert not secret.keep_one()
    assert environment.content(settings.SECRET_FILE) == made
    assert os.listdir(settings.SECRET_FILE.parent) == ["secret-key"]


def test_a_secret_that_others_may_read_stops_the_start(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = settings.DEBUG = False
    settings.SECRET_FILE = tmp_path / "secret-key"
    settings.SECRET_FILE.write_text("x" * 60)
    settings.SECRET_FILE.chmod(0o644)
    with pytest.raises(SystemExit, match="chmod 600"):
        secret.check()


# --- Broken off, and two at once: real processes on a database of their own --------------------


@pytest.fixture
def empty(database_server: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment for a database with nothing in it, not even tables."""
    with _database("template1", tmp_path) as environment:
        yield environment


@pytest.fixture
def tables(database_server: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment for a database with the tables and no centre: to make them takes ten seconds of the processor."""
    with _database(migrated(), tmp_path) as environment:
        yield environment


@contextmanager
def _database(template: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A copy of the template. The static files have been collected, which would take seconds with each start."""
    static = tmp_path / "static"
    static.mkdir()
    (static / "staticfiles.json").write_text("{}")
    name = f"init_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        own.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        yield os.environ | {
            "DATABASE_URL": url, "INDGANG_SECRET_KEY": "", "INDGANG_VAR": str(tmp_path / "var"),
            "INDGANG_STATIC_FOLDER": str(static), "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def start(
    environment: dict[str, str], file: Path, *, by: type[subprocess.Popen[str]] = Started
) -> subprocess.Popen[str]:
    return by(
        [sys.executable, "-m", "indgang", "init", "--file", str(file)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def count(environment: dict[str, str], table: str) -> int:
    with psycopg.connect(environment["DATABASE_URL"]) as there:
        found = there.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0


def kill_at(process: subprocess.Popen[str], line: str, *, later: float = 0.0) -> None:
    """Send SIGKILL when the process has printed `line`."""
    assert process.stdout
    heard = []
    for said in process.stdout:
        heard.append(said)
        if line in said:
            time.sleep(later)
            break
    else:
        pytest.fail(f"it never said {line!r}: {''.join(heard)}")
    process.send_signal(signal.SIGKILL)
    process.wait(20)


@pytest.mark.slow("migrates an empty database, again and again until it is whole")
def test_killed_at_every_point_and_run_again_it_finishes_without_doubles(empty: dict[str, str], file: Path) -> None:
    kill_at(start(empty, file), "Database:", later=1.5)
    for line in ("Secret:", "units, services", "queues, texts"):
        kill_at(start(empty, file), line)
        assert count(empty, "catalogue_unit") == 0, f"half of it was there after {line}"
    last = start(empty, file)
    said, _nothing = last.communicate(timeout=120)
    assert last.returncode == 0, said
    assert "Kontaktcentret is ready." in said
    rows = {each: count(empty, each) for each in ("catalogue_unit", "catalogue_contactcentre", "accounts_person")}
    assert rows == {"catalogue_unit": 4, "catalogue_contactcentre": 1, "accounts_person": 1}
    again = start(empty, file)
    said, _nothing = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert "was set up before" in said
    assert {each: count(empty, each) for each in rows} == rows


def test_of_two_administrators_who_start_at_once_one_is_told_of_the_other(
    tables: dict[str, str], file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        FILE.replace("Karen Klitgaard", "Bente Birk").replace("username: karen", "username: bente"), encoding="utf-8"
    )
    both = [start(tables, each, by=subprocess.Popen) for each in (file, other)]
    said = [each.communicate(timeout=180)[0] for each in both]
    assert sorted(each.returncode for each in both) == [0, 1], said
    winner, loser = (0, 1) if both[0].returncode == 0 else (1, 0)
    assert "Kontaktcentret is ready." in said[winner]
    assert "is its administrator" in said[loser]
    assert (count(tables, "accounts_person"), count(tables, "catalogue_contactcentre")) == (1, 1)
