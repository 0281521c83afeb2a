"""The reporting schema: what it holds, who may read it, its dictionary, and its export."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as django_migrate
from django.db import connection, transaction
from psycopg import errors

from indgang.core.clock import day_of
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.switchboard.wakeup import parameters
from indgang.feedback.event_kinds import FeedbackKind
from indgang.measures import histogram
from indgang.measures.definitions import DEFINITIONS, definition
from indgang.measures.models import EnteredValue
from indgang.measures.period import Period
from indgang.measures.reporting import dictionary, schema
from indgang.measures.reporting.views import _MEASURES, VIEWS
from indgang.measures.rollups import counting, reading
from indgang.measures.rollups.facts import Measure
from tests.enquiries.told_calls import abandoned, happen, talked
from tests.measures.histories import history, registered
from tests.measures.test_reading import write
from tests.world import MORNING, World

PAGE = Path(__file__).parents[2] / "docs" / "reporting.md"
DAY = day_of(MORNING)


def asked(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def counted(world: World) -> None:
    """A day with a call that was answered after 30 seconds and one that was given up after a minute."""
    enquiry = talked(world.anna)
    happen(str(enquiry.pk), (EnquiryKind.REGISTERED, 300, registered("resolved")))
    abandoned()
    counting.follow()


# --- What it holds -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_views_give_the_figures_of_the_product(world: World) -> None:
    counted(world)
    totals = reading.totals(Period.day(DAY))[""]
    ((offered, in_time, seconds),) = asked(
        "SELECT sum(whole), sum(part) FILTER (WHERE outcome = 'answered'), sum(seconds) FILTER (WHERE outcome = "
        f"'answered') FROM reporting.days WHERE measure = 'segments' AND day = '{DAY}'"
    )
    assert (offered, in_time, float(seconds)) == (
        totals.segments.offered, totals.segments.answered_in_time, totals.segments.answer_seconds
    )  # fmt: skip
    assert asked("SELECT sum(whole), sum(part) FROM reporting.quarters WHERE measure = 'registered'") == [(1, 1)]
    ((median,),) = asked(
        "SELECT b.stands_for_seconds FROM reporting.times t JOIN reporting.buckets b USING (bucket)"
        " WHERE t.measure = 'segments' AND t.outcome = 'answered'"
    )
    assert median == totals.answer_waits.percentile(50) == 30
    assert ("tmf-byggeri", world.queues["tmf-byggeri"].name) in asked("SELECT code, name FROM reporting.queues")


@pytest.mark.django_db
def test_answers_and_typed_values_give_the_figures_of_the_product(world: World) -> None:
    answered = FeedbackKind.ANSWERED, 0, {"indexes": {"satisfaction": 8000}}
    doubtful = FeedbackKind.ANSWERED, 0, {"indexes": {"satisfaction": 5500}}
    write(*(history(each, stream=UUID(int=number)) for number, each in enumerate([answered, answered, doubtful])))
    ((mean,),) = asked(
        "SELECT 10 * sum(seconds) / sum(whole) FROM reporting.days WHERE measure = 'rated' AND outcome = 'satisfaction'"
    )
    totals = reading.totals(Period.day(DAY))[""]
    assert float(mean) == pytest.approx(definition("satisfaction", on=DAY).of(totals).value)
    assert "10 * sum(seconds) / sum(whole)" in _MEASURES[Measure.RATED][0]
    for counted_then, month in ((400, 1), (500, 1), (900, 2), (None, 2)):
        EnteredValue.objects.create(
            figure="website_visits", centre=world.centres["tmf"], first_day=date(2026, month, 1),
            last_day=date(2026, month, 28), counted=counted_then, entered_by=world.eva, entered_at=MORNING,
        )  # fmt: skip
    assert asked("SELECT figure, centre, first_day, counted, out_of FROM reporting.entered_values") == [
        ("website_visits", "tmf", date(2026, 1, 1), 500, None)
    ], "the newest counts, and one is taken back"


@pytest.mark.django_db(transaction=True)
def test_the_query_of_the_page_gives_the_service_level_of_the_product(world: World) -> None:
    counted(world)
    query = PAGE.read_text(encoding="utf-8").split("```sql")[2].split("```")[0].replace(">= 5", ">= 2").strip(" \n;")
    sl4 = definition("service_level_sl4", on=DAY).of(reading.totals(Period.day(DAY))[""])
    rows = [(month, name, float(level)) for month, name, level in asked(query)]
    assert rows == [(DAY.replace(day=1), world.queues["tmf-byggeri"].name, sl4.value)]


@pytest.mark.django_db
def test_the_definitions_and_measures_of_the_product_are_in_it() -> None:
    held = dict(asked("SELECT definition, formula FROM reporting.figures"))
    assert held == {each.name: each.formula for each in DEFINITIONS}
    switches = dict(asked("SELECT definition, switches FROM reporting.figures"))
    assert {name: json.loads(said) for name, said in switches.items()} == {
        each.name: dict(each.switches) for each in DEFINITIONS
    }  # fmt: skip
    assert held["service_level_sl4 v1"] == definition("service_level_sl4", on=DAY).formula
    assert {code for (code,) in asked("SELECT measure FROM reporting.measures")} == set(_MEASURES) == set(Measure)
    assert asked("SELECT max(bucket), max(up_to_seconds) FROM reporting.buckets") == [
        (histogram.LAST_BUCKET, histogram.upper_limit(histogram.LAST_BUCKET))
    ]


# --- Who may read it -----------------------------------------------------------------------------


@pytest.fixture
def reader(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """Connected as the role of other tools, with what `indgang migrate` gives it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema.ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {schema.ROLE} LOGIN PASSWORD '{schema.ROLE}'")
    schema.install()
    as_reader = {**parameters(), "user": schema.ROLE, "password": schema.ROLE}
    with psycopg.connect(**as_reader, autocommit=True) as own:
        yield own


def test_the_reporting_role_reads_every_view_and_nothing_else(reader: psycopg.Connection[Any]) -> None:
    for view in VIEWS:
        columns = reader.execute(f"SELECT * FROM reporting.{view.name} LIMIT 1").description or []
        assert [each.name for each in columns] == list(view.columns)
    tables = asked("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
    readable = reader.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')"
        " AND has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE')"
    ).fetchall()
    assert len(tables) > 100
    assert readable == []
    for statement in (
        "SELECT * FROM public.accounts_person", "SELECT * FROM public.events_event",
        "DELETE FROM reporting.days", "CREATE TABLE reporting.mine (id int)", "CREATE TABLE public.mine (id int)",
        "DROP VIEW reporting.days", "SET ROLE postgres",
    ):  # fmt: skip
        with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
            reader.execute(statement)


@pytest.mark.django_db
def test_no_view_holds_a_column_that_a_model_declares_as_personal() -> None:
    """The views read roll-ups, typed values without who typed them and why, and the names of the catalogue alone."""
    read = asked(
        "SELECT DISTINCT table_name FROM information_schema.view_table_usage WHERE view_schema = 'reporting'"
        " AND table_schema = 'public' ORDER BY 1"
    )
    assert [name for (name,) in read] == [
        "catalogue_contactcentre", "catalogue_purpose", "catalogue_service", "catalogue_serviceunit", "catalogue_unit",
        "entry_queue", "measures_enteredvalue", "measures_rollup", "measures_summedrollup",
    ]  # fmt: skip


@pytest.mark.django_db
def test_views_that_others_build_on_ours_do_not_stop_a_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW public.of_others AS SELECT sum(whole) AS whole FROM reporting.days")
    schema.remove()
    schema.install()
    assert asked("SELECT whole FROM public.of_others") == [(None,)]


def _migrate_with(monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    def alters(*_args: Any, **_options: Any) -> None:
        with transaction.atomic():
            asked_nothing(statement)

    monkeypatch.setattr(django_migrate.Command, "handle", alters)
    call_command("migrate")


def asked_nothing(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_view_of_others_holds_only_the_view_that_it_is_built_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_nothing("CREATE VIEW public.of_others AS SELECT sum(whole) AS whole FROM reporting.days")
    _migrate_with(monkeypatch, "ALTER TABLE measures_rollup ALTER COLUMN whole TYPE numeric")
    assert asked("SELECT count(*) FROM reporting.quarters") == [(0,)]
    with pytest.raises(CommandError, match=r"view of_others depends on view reporting.days"):
        _migrate_with(monkeypatch, "ALTER TABLE measures_summedrollup ALTER COLUMN whole TYPE numeric")
    assert asked("SELECT whole FROM public.of_others") == [(None,)]


@pytest.mark.django_db
def test_the_views_are_there_again_after_a_migration_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_options: Any) -> None:
        assert asked("SELECT to_regclass('reporting.days')") == [(None,)], "a column that a view reads cannot change"
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(django_migrate.Command, "handle", fails)
    with pytest.raises(RuntimeError):
        call_command("migrate")
    assert asked("SELECT to_regclass('reporting.days')") == [("reporting.days",)]


# --- DuckDB --------------------------------------------------------------------------------------

#: DuckDB's own program with its PostgreSQL extension (scripts/install-duckdb), and the database as it is attached
_LOCK = PAGE.parents[1] / "scripts" / "duckdb.lock"
_ATTACHED = "ATTACH '{where}' AS municipality (TYPE postgres, READ_ONLY, SCHEMA 'reporting'); "


def in_duckdb(reader: psycopg.Connection[Any], query: str) -> list[dict[str, Any]]:
    """The rows of a query in DuckDB, which is connected as the role of other tools."""
    of_lock = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indgang" / f"duckdb-{of_lock}"
    assert home.exists(), "run scripts/install-duckdb"
    (extension,) = home.glob("duckdb_extension_postgres_scanner/extensions/*/postgres_scanner.duckdb_extension")
    where = {**reader.info.get_parameters(), "password": schema.ROLE}
    attached = _ATTACHED.format(where=psycopg.conninfo.make_conninfo(**where))
    told = subprocess.run(
        [home / "duckdb_cli" / "duckdb", "-json", "-c", f"LOAD '{extension}'; {attached}{query}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    rows: list[dict[str, Any]] = json.loads(told.stdout or "[]")
    return rows


@pytest.mark.slow("starts DuckDB's own program, which scripts/install-duckdb fetches")
def test_duckdb_reads_every_view_of_the_schema_itself(world: World, reader: psycopg.Connection[Any]) -> None:
    counted(world)
    counts = " UNION ALL ".join(
        f"SELECT '{view.name}' AS view, count(*) AS rows, (SELECT list(name) FROM pragma_table_info("  # our names
        f"'municipality.reporting.{view.name}')) AS columns FROM municipality.reporting.{view.name}"
        for view in VIEWS
    )
    read = in_duckdb(reader, f"{counts};")
    assert len(read) == len(VIEWS)
    for found in read:
        (view,) = [each for each in VIEWS if each.name == found["view"]]
        assert found["columns"] == list(view.columns)
        assert [(found["rows"],)] == asked(f"SELECT count(*) FROM reporting.{view.name}"), view.name
    sums = "SELECT measure, sum(whole)::int AS whole, sum(seconds)::float AS seconds FROM {} GROUP BY 1 ORDER BY 1"
    ours = [{"measure": measure, "whole": whole, "seconds": seconds}
            for measure, whole, seconds in asked(sums.format("reporting.days"))]  # fmt: skip
    assert len(ours) > 3
    assert in_duckdb(reader, f"{sums.format('municipality.reporting.days')};") == ours
    query = PAGE.read_text(encoding="utf-8").split("```sql")[2].split("```")[0].replace(">= 5", ">= 2").strip(" \n;")
    (level,) = in_duckdb(reader, f"USE municipality; {query};")
    assert (level["month"], level["service_level"]) == (
        str(DAY.replace(day=1)), definition("service_level_sl4", on=DAY).of(reading.totals(Period.day(DAY))[""]).value
    )  # fmt: skip


# --- The dictionary ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_holds_the_dictionary_as_the_database_has_it() -> None:
    """After a change: indgang figures dictionary, into docs/reporting.md."""
    found = dictionary.markdown()
    assert "None" not in found, "each view and each column has a comment"
    assert found in PAGE.read_text(encoding="utf-8")


# --- The export ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_duckdb_reads_the_exported_days(world: World, tmp_path: Path) -> None:
    counted(world)
    file, said = tmp_path / "figures.parquet", StringIO()
    call_command("figures", "export", "--from", str(DAY), "--to", str(DAY), "--parquet", str(file), stdout=said)
    with duckdb.connect() as own:
        stored = own.execute(
            f"SELECT day, outcome, sum(whole), sum(seconds) FROM '{file}' WHERE measure = 'segments' GROUP BY ALL"
            " ORDER BY outcome"
        ).fetchall()
        empty = own.execute(f"SELECT count(*) FROM '{file}' WHERE service IS NULL OR purpose IS NULL").fetchone()
        rows = own.execute(f"SELECT count(*) FROM '{file}'").fetchone()
    assert stored == [(DAY, "abandoned", 1, 60), (DAY, "answered", 1, 30)]
    assert empty == (0,), "no code is an empty text, not a missing one"
    assert f"{(rows or (0,))[0]} rows" in said.getvalue()
    assert list(tmp_path.iterdir()) == [file], "nothing is left beside it"


@pytest.mark.django_db
def test_an_export_that_fails_says_so_and_leaves_an_earlier_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("figures", "export", "--parquet", str(tmp_path / "nowhere" / "x.parquet"))
    with pytest.raises(CommandError, match="--parquet FILE"):
        call_command("figures", "export")
    with pytest.raises(CommandError, match="takes no --queue"):
        call_command("figures", "export", queue=["tmf"], parquet=tmp_path / "x.parquet")
    file = tmp_path / "x.parquet"
    call_command("figures", "export", "--from", "2026-03-01", "--to", str(date(2026, 3, 1) + timedelta(3)),
                 "--parquet", str(file), stdout=StringIO())  # fmt: skip
    assert file.exists(), "days without figures are an empty table"
