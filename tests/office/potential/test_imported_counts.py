"""Channel potential of imported counts: the purpose from the subject, the rest assumed, and a year from the periods."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from indgang.accounts.models import RoleAssignment
from indgang.analysis import imported_counts
from indgang.audit.trail import System
from indgang.catalogue import service_units
from indgang.history import value_importing, withdrawing
from indgang.history.mapping import choices
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

PAGE, API = "/office/potential/", "/api/potential/"
BY = System("indgang import")
#: half a year: two purposes, a service's own word, and something else
MONTHS = [
    f"2025-{month:02};{subject};{number}"
    for month in range(1, 7)
    for subject, number in (("Vejledning", 100), ("status", 50), ("Parkering", 10))
]


def imported(rows: Iterable[str] = MONTHS, *, unit: str = "tmf", name: str = "register.csv") -> HistoryImport:
    header = "Måned;Emne;Antal"
    mapping = choices.guessed(SourceKind.COUNTS, header.split(";"))
    file = io.BytesIO("\n".join([header, *rows]).encode())
    found = value_importing.run(file, mapping, name=name, by=BY, at=MORNING, unit=unit)
    assert found.rejected == 0
    return found


def test_imported_counts_are_decided_by_rules_with_what_is_assumed_of_them(world: World, as_person: SignIn) -> None:
    source = imported()
    finn = as_person("finn")
    assert "register.csv, 01.01.2025 – 30.06.2025" in text_of(finn.get(PAGE))
    chosen = {"counts": str(source.pk), "counted_mark": "case_specific", "counted_minutes": "2,5"}
    answer = finn.get(PAGE, chosen)
    total, shown = answer.context["rows"][-1].row, text_of(answer)
    assert (total.total, total.digital, total.contact_centre) == (1_800, 1_200, 600), "900 in 181 days, by 365/181"
    assert "960 henvendelser i den importerede optælling register.csv (1.1.2025 – 30.6.2025)" in shown
    assert "60 henvendelser har et emne, der hverken er" in shown
    assert "60 henvendelser siger ikke det, reglerne skal vide" in shown
    assert finn.get(PAGE, chosen | {"digital": "2"}).context["rows"][-1].row.digital == 0, "moved below 2,5 minutes"
    nothing = finn.get(PAGE, {"counts": str(source.pk)})
    assert nothing.context["undecided"] == 960, "nothing is assumed unless somebody says so"
    told = finn.get(API, {"import": str(source.pk), "mark": "case_specific", "minutes": "2.5"}).json()
    assert told["counted"] == 960
    assert finn.get(API, {"import": str(source.pk), "mark": "blue"}).status_code == 400
    out = StringIO()
    call_command(
        "potential", "--import", str(source.pk), "--mark", "case_specific", "--minutes", "2.5", "--json", stdout=out
    )
    assert json.loads(out.getvalue()) == told
    assert f'{PAGE}?counts={source.pk}"' in finn.get(f"/office/imports/{source.pk}/").content.decode()


def test_counts_are_for_those_who_see_the_import_and_only_while_it_counts(world: World, as_person: SignIn) -> None:
    source = imported()
    RoleAssignment.objects.create(person=world.david, role="planner", unit=world.units["bif"])
    for name in ("david", "hans"):
        client = as_person(name)
        assert "counts" not in client.get(PAGE).context["form"].fields, name
        assert client.get(API, {"import": str(source.pk)}).status_code == 404
    withdrawing.withdraw(source, why="Forkert", by=BY, at=MORNING)
    finn = as_person("finn")
    assert finn.get(API, {"import": str(source.pk)}).status_code == 404
    assert finn.get(PAGE, {"counts": str(source.pk)}).status_code in (200, 422)


def test_a_value_that_a_longer_period_covers_counts_once_and_the_page_says_so(world: World, as_person: SignIn) -> None:
    source = imported(["2025;Vejledning;1200", "2025-03;Vejledning;100", "2025;Status;600"], unit="")
    chosen = {"counts": str(source.pk), "counted_mark": "general", "counted_minutes": "10"}
    answer = as_person("finn").get(PAGE, chosen)
    assert answer.context["rows"][-1].row.total == 1_800, "a whole year is no more than itself"
    assert "1 tal er ikke med" in text_of(answer)


def test_subjects_of_different_months_are_told_and_give_each_other_no_empty_months(
    world: World, as_person: SignIn
) -> None:
    """Noise was counted from January to June, and permits from July: neither is a year."""
    numbers = (100, 90, 110, 95, 105, 100)
    noise = [f"2025-{month:02};Støj fra byggeplads;{number}" for month, number in enumerate(numbers, 1)]
    permits = [f"2025-{month:02};Byggetilladelser;{number}" for month, number in enumerate(numbers, 7)]
    both, alone = imported(noise + permits, unit="", name="begge.csv"), imported(noise[:3], unit="tmf", name="en.csv")
    finn = as_person("finn")
    chosen = {"rules": "keh", "counted_resolved": "no", "counted_minutes": "3"}
    answer = finn.get(PAGE, chosen | {"counts": str(both.pk)})
    assert "2 emner har kun tal for en del af tiden." in text_of(answer)
    row = next(each.row for each in answer.context["rows"] if each.row.total == 600)
    assert all(high - low < 400 for low, high in row.intervals), "six months that hardly differ"
    assert row.intervals
    assert "for en del af tiden" not in text_of(finn.get(PAGE, chosen | {"counts": str(alone.pk)}))
    told = finn.get(API, {"import": str(both.pk), "mark": "general", "minutes": "3"}).json()
    assert (told["no_purpose"], told["doubled"], told["partly_counted"]) == (1_200, 0, 2)


def test_a_service_of_a_count_of_the_whole_municipality_gives_its_unit(world: World, as_person: SignIn) -> None:
    source = imported(["2025;Støj fra byggeplads;5000", "2025;Telefon;1000"], unit="")
    answer = as_person("finn").get(PAGE, {"counts": str(source.pk), "rules": "keh", "counted_resolved": "no"})
    assert answer.status_code == 200
    units = {each.row.unit.name: each.row for each in answer.context["rows"] if not each.is_total}
    service = world.services["stoej"]
    before = service.unit
    assert before is not None
    assert set(units) == {before.name, "–"}
    service.unit = world.units["bif-rekruttering"]
    service.save()
    service_units.keep_changes({service: before}, at=MORNING)
    again = as_person("finn").get(PAGE, {"counts": str(source.pk), "rules": "keh", "counted_resolved": "no"})
    assert {each.row.unit.name for each in again.context["rows"] if not each.is_total} == set(units), "as it was then"


def test_too_many_and_two_sources_are_refused_with_a_sentence(world: World, as_person: SignIn) -> None:
    source = imported([f"2025;Vejledning;{imported_counts.MOST + 1}"])
    answer = as_person("finn").get(PAGE, {"counts": str(source.pk)})
    assert answer.status_code == 422
    assert "Optællingen har flere end 2.000.000 henvendelser." in text_of(answer)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([], 1.0),
        ([(date(2024, 1, 1), date(2024, 12, 31))], 1.0),
        ([(date(2025, 1, 1), date(2025, 3, 31))], 365 / 90),
        ([(date(2025, 3, day), date(2025, 3, day)) for day in (3, 4, 6, 7)], 50.0),
    ],
)
def test_the_factor_of_periods(periods: list[tuple[date, date]], expected: float) -> None:
    assert imported_counts.factor(periods) == pytest.approx(expected)


def test_an_imported_register_says_where_the_rules_can_be_used_on_it(world: World, as_person: SignIn) -> None:
    source = HistoryImport.objects.create(
        kind=HistoryImport.Kind.REGISTER, name="keh.csv", digest="x" * 64, mapping={}, made_at=MORNING,
        state=HistoryImport.State.DONE,
    )  # fmt: skip
    page = text_of(as_person("finn").get(f"/office/imports/{source.pk}/"))
    assert "Et importeret register har ikke minutter" in page
    assert "Regn på filen selv" in page
