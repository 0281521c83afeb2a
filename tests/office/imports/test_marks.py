"""Pages that rest on imported days say so: reports, benefits, what-ifs and early warnings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from indgang.audit.trail import System
from indgang.core import clock
from indgang.core.schedule import working_days
from indgang.history import imported_days, importing, known, withdrawing
from indgang.history.mapping import choices
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport
from indgang.messaging.models import Mail
from indgang.planning.models import Scenario
from indgang.programme.benefits import closing
from indgang.reports import document, letter, making, warnings
from indgang.reports.models import EarlyWarning, Report
from tests.history import extracts
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.programme.benefits import made
from tests.reports.made import DUE, template
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

BY = System("indgang import")
HEADER = "Starttid;Kø;Ventetid;Taletid;Efterbehandling;Resultat;Ydelse"
BEFORE = MORNING - timedelta(hours=2)


def imported(
    days: Sequence[date], calls: int = 6, *, name: str = "CallGuide.csv", service: str = "arrangement",
    wait: str = "10", result: str = "Besvaret", at: datetime = BEFORE,
) -> HistoryImport:  # fmt: skip
    """So many calls to Byliv on each of the days."""
    rows = [f"{day:%d-%m-%Y} 10:{number:02}:00;tmf-byliv;{wait};60;30;{result};{service}"
            for day in days for number in range(calls)]  # fmt: skip
    mapping = choices.guessed(SourceKind.CALLS, HEADER.split(";"))
    found = importing.run(extracts.file(rows, HEADER), mapping, name=name, places=known.places(), by=BY, at=at)
    assert found.imported == len(rows)
    return found


def test_a_report_names_the_imported_days_that_it_reads_and_keeps_what_it_said(
    world: World, as_person: SignIn
) -> None:  # fmt: skip
    source = imported(working_days(date(2026, 3, 2), date(2026, 3, 6)))
    imported([date(2025, 1, 7)], name="for gammel.csv")
    template(world)
    making.make_due(at=DUE)
    report = Report.objects.get()
    said = "5 dage i perioden (2.3.2026 – 6.3.2026) har importerede tal: CallGuide.csv."
    assert report.content["remarks"][0] == said
    withdrawing.withdraw(source, why="Forkert kø", by=BY, at=DUE)
    with clock.frozen(DUE):
        assert said in text_of(as_person("eva").get(f"/office/reports/{report.pk}/"))
    assert said in letter.text(report)
    assert document._words(report)["remarks"][0] == said


def test_a_report_of_days_of_our_own_says_nothing_of_imports(world: World) -> None:
    imported([date(2024, 1, 9)])
    template(world)
    making.make_due(at=DUE)
    assert not Report.objects.get().content["remarks"]


def test_a_benefit_says_which_months_and_whether_its_baseline_rest_on_imported_days(
    world: World, as_person: SignIn
) -> None:  # fmt: skip
    made.contacts("arrangement", date(2026, 1, 1), date(2026, 1, 31), 14)
    before = imported(working_days(*made.BEFORE), name="2025.csv")
    after = imported(working_days(date(2026, 2, 2), date(2026, 2, 13)), name="2026.csv")
    imported([date(2026, 2, 16)], name="andre ydelser.csv", service="affald")
    contract = made.signed(world)
    closing.close(contract, date(2026, 2, 1), reason="Siden virker.", by=world.hans, at=MORNING)
    page = f"/office/benefits/{contract.pk}/"
    shown = text_of(as_person("hans").get(page))
    days = len(working_days(*made.BEFORE))
    baseline = (
        f"målt 01.09.2025–31.12.2025 {days} dage i perioden (1.9.2025 – 30.12.2025) har importerede tal: 2025.csv"
    )
    month = "10 dage i perioden (2.2.2026 – 13.2.2026) har importerede tal: 2026.csv."
    assert baseline in shown
    assert shown.count(month) == 1
    assert shown.count("har importerede tal") == 2, "January is our own, and another service is not this benefit's"
    for source in (before, after):
        withdrawing.withdraw(source, why="Forkert kø", by=BY, at=MORNING + timedelta(minutes=1))
    later = as_person("hans").get(f"/api/benefits/{contract.pk}/").json()
    told = {each["month"]: each["imported"] for each in later["months"] if each["imported"]}
    assert told == {"2026-02": month}, "a closed month rests on what counted when it was closed"
    assert later["baseline"]["imported"].endswith("2025.csv.")


def test_a_scenario_says_that_its_base_was_measured_on_imported_days(world: World, as_person: SignIn) -> None:
    source = imported(working_days(date(2026, 2, 2), date(2026, 2, 27)), calls=20)
    gerda = as_person("gerda")
    started = gerda.post(
        "/office/planning/scenarios/new/",
        {"name": "Målt", "base": "centre:tmf", "first": "2026-02-01", "last": "2026-02-28"},
    )
    assert started.status_code == 302, text_of(started)
    scenario = Scenario.objects.get()
    withdrawing.withdraw(source, why="Forkert kø", by=BY, at=MORNING + timedelta(days=1))
    said = "20 dage i perioden (2.2.2026 – 27.2.2026) har importerede tal: CallGuide.csv."
    assert said in text_of(gerda.get(f"/office/planning/scenarios/{scenario.pk}/"))
    assert gerda.get(f"/api/scenarios/{scenario.pk}/").json()["imported"] == said


def test_an_early_warning_says_that_its_band_rests_on_imported_days(world: World, as_person: SignIn) -> None:
    yesterday = MORNING.date() - timedelta(days=1)
    imported(working_days(date(2026, 1, 5), yesterday - timedelta(days=1)), calls=20)
    imported([yesterday], calls=20, name="i går.csv", wait="90", result="Opgivet")
    warnings.watch(centre=world.centres["tmf"], day=yesterday, at=MORNING)
    warning = EarlyWarning.objects.filter(figure="given_up").get()
    said = "har importerede tal: CallGuide.csv, i går.csv."
    assert said in text_of(as_person("eva").get(f"/office/reports/warnings/{warning.pk}/"))
    assert said in Mail.objects.filter(subject__contains="Opgivne").order_by("pk")[0].text


def test_a_sentence_names_three_files_and_counts_the_others(world: World) -> None:
    for number in range(5):
        imported([date(2026, 1, 5) + timedelta(days=number)], calls=1, name=f"{number}.csv")
    found = imported_days.within(date(2026, 1, 1), date(2026, 1, 31))
    assert found is not None
    assert (
        found.sentence
        == "5 dage i perioden (5.1.2026 – 9.1.2026) har importerede tal: 0.csv, 1.csv, 2.csv og 2 filer mere."
    )
