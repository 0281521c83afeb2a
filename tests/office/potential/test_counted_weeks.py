"""Channel potential of counting weeks: several units in one table, levels, topics, and the same on page, API and
command."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.accounts.models import Person
from indgang.analysis.counting import setting_up, tallying
from indgang.analysis.counting.models import CountingPerson, CountingWeek
from indgang.analysis.counting.tallying import CountedTap
from indgang.analysis.potential import reference
from indgang.audit.models import Change
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.office.pages import form_at
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE, API, ROOM = "/office/potential/", "/api/potential/", "/office/counting/"
MONDAY = date(2026, 3, 2)


def counts(
    world: World, unit: str, *kinds: tuple[str, str, int, bool], first: date = MONDAY, days: int = 5,
    service: str = "", rounds_to: int = 50,
) -> CountingWeek:  # fmt: skip
    """A week in which David counts each of the kinds (purpose, character, minutes, resolved) on each day."""
    values = {
        "title": f"Uge i {unit}", "unit": world.units[unit], "service": world.services[service] if service else None,
        "starts_on": first, "ends_on": first + timedelta(days=days - 1), "days_a_year": 250, "rounds_to": rounds_to,
    }  # fmt: skip
    at = MORNING - timedelta(days=14)
    week = setting_up.plan(values | {f"asks_{mark}": True for mark in ("channel", "character", "minutes", "outcome")},
                           by=world.hans, at=at)  # fmt: skip
    setting_up.add_person(week, person=world.david, by=world.hans, at=at)
    tapped(week, world.david, *kinds)
    return week


def tapped(week: CountingWeek, person: Person, *kinds: tuple[str, str, int, bool]) -> None:
    buttons = {each.purpose.code if each.purpose else each.name: each.pk for each in week.purposes.all()}
    taps = [
        CountedTap(uuid4(), MORNING.replace(month=day.month, day=day.day), buttons[purpose], "phone", character,
                   minutes, is_resolved)
        for day in week.working_days_until(week.ends_on)
        for purpose, character, minutes, is_resolved in kinds
    ]  # fmt: skip
    assert tallying.count(week, taps, by=person, at=MORNING) == {}


def command(*arguments: str) -> Any:
    out = StringIO()
    call_command("potential", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def _levels_told() -> list[Any]:
    """What the trail says of changed levels, the oldest first."""
    return [each.after for each in Change.objects.filter(action="countingperson.change").order_by("pk")]


def answered(client: Client, weeks: list[CountingWeek], **more: str) -> Any:
    return client.get(API, {"week": [str(each.pk) for each in weeks], **more})


SHORT, LONG = ("vejledning", "general", 2, True), ("vejledning", "general", 9, True)
CASE = ("bidrag", "case_specific", 20, False)


def test_weeks_of_several_units_are_one_table_with_totals(world: World, as_person: SignIn) -> None:
    """Byliv counts the same week as the permits; the recruiters another one, and over ten days."""
    weeks = [
        counts(world, "ctb-byliv", SHORT, SHORT, CASE), counts(world, "cby", LONG, CASE),
        counts(world, "bif", SHORT, CASE, first=date(2026, 2, 16), days=12),
    ]  # fmt: skip
    finn = as_person("finn")
    answer = finn.get(PAGE, {"week": [str(each.pk) for each in weeks]})
    rows = [each.row for each in answer.context["rows"]]
    named = {each.unit.name or f"{each.unit.area} i alt": each for each in rows}
    own = {each.unit.name: each for each in weeks}
    assert {name: named[name].total for name in own} == {
        world.units["ctb-byliv"].name: 750, world.units["cby"].name: 500, world.units["bif"].name: 500,
    }  # fmt: skip
    tmf = next(each for each in rows if each.is_total and each.unit.area == world.units["tmf"].name)
    assert (tmf.total, tmf.digital, tmf.contact_centre) == (1_250, 500, 250)
    assert (rows[-1].total, len(rows[-1].intervals)) == (1_750, 3)
    assert "hver enhed med sin egen faktor" in text_of(answer)
    assert answered(finn, weeks).json() == command(*(f"--week={each.pk}" for each in weeks))
    alike = finn.get(PAGE, {"week": [str(each.pk) for each in weeks[:2]]})
    assert "ganget med 50 til et år" in text_of(alike), "the same days make one factor"
    assert answered(finn, weeks[:2]).json()["factor"] == 50


def test_two_weeks_of_one_unit_are_one_count_and_a_service_beside_it_is_remarked(
    world: World, as_person: SignIn
) -> None:
    first = counts(world, "cby", SHORT, rounds_to=10)
    second = counts(world, "cby", SHORT, SHORT, SHORT, first=date(2026, 2, 23), rounds_to=10)
    finn = as_person("finn")
    found = answered(finn, [first, second]).json()
    assert [(each["unit"], each["total"]) for each in found["units"][:-1]] == [(world.units["cby"].name, 500)]
    assert (found["days"], found["factor"], found["overlapping"], found["rounded_to"]) == (10, 25, 0, 10)
    service = next(code for code, each in world.services.items() if each.unit_id)
    beside = counts(world, "cby", SHORT)
    CountingWeek.objects.filter(pk=beside.pk).update(service=world.services[service])
    both = answered(finn, [first, beside]).json()
    assert [each["unit"] for each in both["units"] if not each["is_total"]] == [
        world.units["cby"].name, f"{world.units['cby'].name}: {world.services[service].name}",
    ]  # fmt: skip
    assert both["overlapping"] == 1
    above, apart = counts(world, "tmf", SHORT), counts(world, "bif", SHORT)
    assert answered(finn, [beside, above, apart]).json()["overlapping"] == 1, "a unit and the administration above it"
    CountingWeek.objects.filter(pk=above.pk).update(service=world.services["byggetegninger"])
    assert answered(finn, [beside, above]).json()["overlapping"] == 0, "another service"
    shown = finn.get(PAGE, {"week": [str(first.pk), str(beside.pk)]})
    assert "Se efter, at de samme henvendelser ikke tæller to gange" in text_of(shown)


def test_the_level_of_who_counted_says_what_met_the_main_entry(world: World, as_person: SignIn) -> None:
    week = counts(world, "cby", SHORT, CASE)
    hans, page = as_person("hans"), f"{ROOM}{week.pk}/"
    sent = form_at(hans, page, action=f"{page}people/").sent(person=str(world.eva.pk), level="first")
    assert hans.post(f"{page}people/", sent).status_code == 302
    tapped(week, world.eva, SHORT, CASE)
    total = answered(as_person("finn"), [week]).json()["units"][-1]
    assert (total["first_level"], total["direct"], total["today"]["main_entry"]) == (500, 500, 250)
    assert "1. level" in text_of(hans.get(page))
    other = CountingPerson.objects.get(week=week, person=world.david)
    assert hans.post(f"{page}people/{other.pk}/level/", {"level": "first"}).status_code == 302
    assert _levels_told() == [{"is_first_level": True, "enquiries": 10}]
    setting_up.remove_person(other, by=world.hans, at=MORNING)
    other = setting_up.add_person(week, person=world.david, is_first_level=False, by=world.hans, at=MORNING)
    assert hans.post(f"{page}people/{other.pk}/level/", {"level": "direct"}).status_code == 302
    assert hans.post(f"{page}people/{other.pk}/level/", {"level": "first"}).status_code == 302
    assert [each["enquiries"] for each in _levels_told()] == [10, 10, 10], "also when only the enquiries change"
    total = answered(as_person("finn"), [week]).json()["units"][-1]
    assert (total["first_level"], total["direct"], total["today"]["main_entry"]) == (1_000, 0, 500)
    assert as_person("david").post(f"{page}people/{other.pk}/level/", {"level": "direct"}).status_code == 404


def test_the_week_of_yds_is_decided_by_its_topics(world: World, as_person: SignIn) -> None:
    """The eight wordings of table 10-F, each counted once a day: two that are no case processing, five that are, and
    one that may be."""
    week = counts(world, "cby")
    hans, page = as_person("hans"), f"{ROOM}{week.pk}/"
    *wordings, _total = reference.table("sickness_refund")
    for each in wordings:
        topic = each["is_case_processing (001:3410-3411)"]
        sent = form_at(hans, page, action=f"{page}purposes/").sent(name=each["topic"], topic=topic)
        assert hans.post(f"{page}purposes/", sent).status_code == 302
    finn = as_person("finn")
    assert finn.get(PAGE, {"week": str(week.pk), "rules": "yds"}).context["is_empty"]
    tapped(week, world.david, *((each["topic"], "", 2, True) for each in wordings))
    for rules, digital, centre in (("yds", 500, 0), ("yds-rule", 750, 1_250)):
        row = finn.get(PAGE, {"week": str(week.pk), "rules": rules}).context["rows"][-1].row
        assert (row.total, row.digital, row.contact_centre) == (2_000, digital, centre)
        assert answered(finn, [week], rules=rules).json()["units"][-1]["future"]["digital"] == digital
    setting_up.map_purpose(week.purposes.get(name=wordings[0]["topic"]), purpose=None, topic="no", by=world.hans,
                           at=MORNING)  # fmt: skip
    assert answered(finn, [week], rules="yds").json()["units"][-1]["future"]["digital"] == 750


def test_rules_that_ask_for_a_topic_say_so_where_nobody_has_one(world: World, as_person: SignIn) -> None:
    week, finn = counts(world, "cby", SHORT), as_person("finn")
    answer = finn.get(PAGE, {"week": str(week.pk), "rules": "yds"})
    assert answer.status_code == 422
    assert "Reglerne skal vide, om emnet er sagsbehandling" in text_of(answer)
    assert answered(finn, [week], rules="yds").status_code == 400
    with pytest.raises(CommandError, match="topic"):
        command(f"--week={week.pk}", "--rules=yds")


def test_the_file_of_a_week_is_read_as_the_week_itself(world: World, as_person: SignIn, tmp_path: Path) -> None:
    week = counts(world, "cby", SHORT, LONG, CASE)
    own = setting_up.add_purpose(week, name="Vores eget", purpose=world.purposes["status"], by=world.hans, at=MORNING)
    tapped(week, world.david, ("status", "case_specific", 3, True))
    week.enquiries.filter(purpose__name="Vores eget").update(is_first_level=True)
    assert own.enquiries.exists()
    file = tmp_path / "uge.csv"
    file.write_bytes(as_person("finn").get(f"{ROOM}{week.pk}/file/").getvalue())
    heading = next(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert heading[0] == "talt den", "no sheet has this column, so the week is not counted again"
    from_file, from_week = command(str(file)), answered(as_person("finn"), [week]).json()
    assert from_file["bad_rows"] == []
    for name in ("units", "by_rule", "undecided", "moving", "counted"):
        assert from_file[name] == from_week[name], name
    assert from_week["units"][-1]["first_level"] == 250
    each = answered(as_person("finn"), [week], each="yes").json()["each"]
    by_rule = {one["rule"]: sum(int(row["count"]) for row in each if row["rule"] == one["rule"]) for one in each}
    assert by_rule == {one["rule"]: one["counted"] for one in from_week["by_rule"] if one["counted"]}


def test_a_command_names_one_source(world: World) -> None:
    week = counts(world, "cby", SHORT)
    for arguments in ([], [f"--week={week.pk}", "--from=2026-01-01"], ["--week=999"], ["--import=999"],
                      ["--from=2026-03-02", "--to=2026-03-01"], [f"--week={week.pk}", "--to=2026-03-08"]):  # fmt: skip
        with pytest.raises(CommandError):
            command(*arguments)
