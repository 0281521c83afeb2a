"""Figures that people count: each value of a period once, the newest counts, and they add up as their kind says."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from indgang.agreements import reality
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import target_words
from indgang.audit.models import Change
from indgang.core.ranges import DateRange
from indgang.core.refusals import RefusedChange
from indgang.history import entered as history_entered
from indgang.history.models import HistoryImport, PastValue
from indgang.measures import entering
from indgang.measures.definitions import Figure, definition
from indgang.measures.entered_kinds import KINDS, EnteredPeriod
from indgang.measures.models import EnteredFigure, EnteredValue
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.reports.figures import CentreReporting
from tests.agreements.agreed import draft, target
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(days=400)


def figure(code: str, first: date, last: date, **only: list[str]) -> Figure:
    totals = reading.totals(Period.days(first, last), only=only)
    return definition(code, on=last).of(totals[""]) if totals else Figure(None, 0)


def typed(world: World, code: str, day: date, counted: int, out_of: int | None = None, *, centre: str = "tmf") -> None:
    place = world.centres[centre] if centre else None
    entering.enter(KINDS[code], centre=place, day=day, counted=counted, out_of=out_of, by=world.eva, at=LATER)


def test_periods_begin_and_end_with_the_calendar() -> None:
    day = date(2028, 2, 20)
    spans = {each: (each.first_of(day), each.last_of(day)) for each in EnteredPeriod}
    assert spans == {
        EnteredPeriod.MONTH: (date(2028, 2, 1), date(2028, 2, 29)),
        EnteredPeriod.QUARTER: (date(2028, 1, 1), date(2028, 3, 31)),
        EnteredPeriod.YEAR: (date(2028, 1, 1), date(2028, 12, 31)),
    }
    assert EnteredPeriod.QUARTER.last_of(date(2027, 12, 31)) == date(2027, 12, 31)


def test_numbers_add_up_in_the_days_that_hold_their_periods(world: World) -> None:
    typed(world, "website_visits", date(2026, 1, 5), 1000)
    typed(world, "website_visits", date(2026, 2, 5), 500)
    typed(world, "website_visits", date(2026, 2, 5), 200, centre="bif")
    assert figure("website_visits", date(2026, 1, 1), date(2026, 2, 28)).value == 1700
    assert figure("website_visits", date(2026, 1, 2), date(2026, 2, 28)).value == 700, "not all of January"
    assert figure("website_visits", date(2026, 2, 1), date(2026, 2, 27)).value is None
    assert figure("website_visits", date(2026, 1, 1), date(2026, 2, 28), centre=["bif"]).value == 200
    assert figure("website_visits", date(2026, 1, 1), date(2026, 2, 28), queue=["tmf-byggeri"]).value is None
    whole = Period.days(date(2026, 1, 1), date(2026, 12, 31))
    months = reading.totals(whole, by=GroupBy.MONTH)
    visits = definition("website_visits", on=date(2026, 3, 1))
    assert {month: visits.of(each).value for month, each in months.items()} == {"2026-01": 1000, "2026-02": 700}
    assert reading.totals(whole, by=GroupBy.CENTRE)["tmf"].entered.of("website_visits")[0].number == 1500
    assert not reading.totals(whole, by=GroupBy.HOUR)


def test_shares_add_up_and_states_are_the_latest_of_each_centre(world: World) -> None:
    typed(world, "satisfied_in_person", date(2026, 1, 1), 90, 100)
    typed(world, "satisfied_in_person", date(2026, 2, 1), 20, 100)
    assert figure("satisfied_in_person", date(2026, 1, 1), date(2026, 2, 28)) == Figure(55.0, 200)
    typed(world, "staff_trained", date(2025, 6, 1), 10, 20)
    typed(world, "staff_trained", date(2026, 6, 1), 15, 20)
    typed(world, "staff_trained", date(2026, 6, 1), 5, 20, centre="bif")
    assert figure("staff_trained", date(2025, 1, 1), date(2026, 12, 31)) == Figure(50.0, 40)
    typed(world, "manual_processes", date(2026, 1, 1), 3)
    few = figure("manual_processes", date(2026, 1, 1), date(2026, 3, 31))
    assert (few.value, few.is_small) == (3, False), "processes are no people"


def test_a_year_counts_as_far_as_it_had_gone_when_it_was_typed(world: World) -> None:
    entering.enter(KINDS["service_journeys"], centre=None, day=MORNING.date(), counted=2, by=world.finn, at=MORNING)
    assert figure("service_journeys", date(2026, 1, 1), MORNING.date()).value == 2
    assert figure("service_journeys", date(2026, 1, 1), MORNING.date() - timedelta(days=1)).value is None


def test_the_newest_value_counts_all_of_them_stay_and_the_same_one_is_written_once(world: World) -> None:
    for number in (5, 6, 6):
        typed(world, "service_journeys", date(2026, 5, 5), number)
    assert figure("service_journeys", date(2026, 1, 1), date(2026, 12, 31)).value == 6
    assert list(EnteredValue.objects.order_by("pk").values_list("counted", flat=True)) == [5, 6]
    kind, first = KINDS["service_journeys"], date(2026, 1, 1)
    with pytest.raises(RefusedChange, match="hvorfor"):
        entering.take_back(kind, centre=world.centres["tmf"], first_day=first, note=" ", by=world.eva, at=LATER)
    entering.take_back(kind, centre=world.centres["tmf"], first_day=first, note="talt to gange", by=world.eva, at=LATER)
    assert figure("service_journeys", date(2026, 1, 1), date(2026, 12, 31)).value is None
    assert EnteredValue.objects.count() == 3
    assert Change.objects.filter(action="enteredvalue.add").count() == 3
    with pytest.raises(RefusedChange, match="ikke noget tal"):
        entering.take_back(kind, centre=world.centres["tmf"], first_day=first, note="igen", by=world.eva, at=LATER)


@pytest.mark.parametrize(
    ("code", "day", "counted", "out_of"),
    [
        ("staff_trained", date(2026, 1, 1), 21, 20), ("staff_trained", date(2026, 1, 1), 0, None),
        ("staff_trained", date(2028, 1, 1), 1, 2), ("website_visits", date(1999, 1, 1), 1, None),
        ("website_visits", date(2026, 1, 1), -1, None), ("website_visits", date(2026, 1, 1), 3_000_000_000, None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(world: World, code: str, day: date, counted: int, out_of: int | None) -> None:
    with pytest.raises(RefusedChange):
        typed(world, code, day, counted, out_of)
    assert not EnteredValue.objects.exists()


def _past(
    kind: str, subject: str, number: int | None, value: float | None, month: int, unit: str = "", day: int = 0
) -> None:
    """Of a month, or of one of its days."""
    source, _made = HistoryImport.objects.get_or_create(
        kind=kind, name=f"{kind}.csv", digest=(kind + unit) * 3, mapping={}, made_at=MORNING, unit=unit
    )
    PastValue.objects.create(
        source=source, kind=kind, subject=subject, number=number, value=value, unit=unit,
        first_day=date(2026, month, day or 1),
        last_day=date(2026, month, day) if day else EnteredPeriod.MONTH.last_of(date(2026, month, 1)),
    )  # fmt: skip


def test_imported_values_count_where_nobody_typed_one(world: World) -> None:
    for month, number in ((1, 700), (2, 800)):
        _past("visits", "kk.dk/erhverv/a", number, None, month)
        _past("visits", "kk.dk/erhverv/b", 10, None, month)
        _past("visits", "kk.dk/andet", 9999, None, month)
    first, last = date(2026, 1, 1), date(2026, 2, 28)
    assert figure("website_visits", first, last).value is None, "no series is chosen"
    kind = KINDS["website_visits"]
    entering.arrange(kind, responsible=world.eva, series="kk.dk/erhverv", by=world.finn, at=MORNING)
    assert figure("website_visits", first, last).value == 1520
    typed(world, "website_visits", date(2026, 2, 1), 1000, centre="")
    assert figure("website_visits", first, last).value == 1710
    with pytest.raises(RefusedChange, match="importeres"):
        entering.arrange(KINDS["staff_trained"], responsible=None, series="x", by=world.finn, at=MORNING)


def test_an_imported_value_counts_on_no_day_of_a_typed_period(world: World) -> None:
    EnteredFigure.objects.create(figure="website_visits", series="kk.dk")
    for month in (3, 4):
        for day in range(1, 31):
            _past("visits", "kk.dk", 10, None, month, day=day)
    first, last = date(2026, 3, 1), date(2026, 4, 30)
    assert figure("website_visits", first, last).value == 600
    typed(world, "website_visits", first, 250, centre="")
    assert figure("website_visits", first, last).value == 250 + 300
    assert figure("website_visits", date(2026, 3, 15), last).value == 300, "and in no part of the typed period"
    EnteredFigure.objects.create(figure="manual_processes", series="Processer")
    for month in (1, 2, 4):
        _past("counts", "Processer", month, None, month)
    typed(world, "manual_processes", first, 40, centre="")
    assert figure("manual_processes", date(2026, 1, 1), date(2026, 3, 31)).value == 40
    assert figure("manual_processes", date(2026, 1, 1), last).value == 4


def test_a_centre_and_the_whole_municipality_are_not_both_counted_where_one_of_them_is_imported(world: World) -> None:
    EnteredFigure.objects.create(figure="website_visits", series="kk.dk")
    for month in (1, 2, 3):
        _past("visits", "kk.dk/alt", 100, None, month)
        _past("visits", "kk.dk/bif", 20, None, month, unit="bif")
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    assert figure("website_visits", first, last).value == 360
    typed(world, "website_visits", date(2026, 1, 1), 7)
    assert figure("website_visits", date(2026, 1, 1), date(2026, 1, 31)).value == 27, "of the two centres"
    typed(world, "website_visits", date(2026, 2, 1), 5, centre="")
    assert figure("website_visits", date(2026, 2, 1), date(2026, 2, 28)).value == 5
    assert figure("website_visits", first, last).value == 27 + 5 + 120


def test_an_imported_nought_is_a_value_and_a_number_that_is_missing_is_none(world: World) -> None:
    EnteredFigure.objects.create(figure="manual_processes", series="Processer")
    _past("counts", "Processer", 12, None, 1)
    _past("counts", "Processer", 0, None, 4)
    _past("counts", "Processer", None, None, 5)
    assert figure("manual_processes", date(2026, 1, 1), date(2026, 6, 30)).value == 0
    assert figure("manual_processes", date(2026, 4, 1), date(2026, 6, 30)).value == 0
    assert figure("manual_processes", date(2026, 5, 1), date(2026, 6, 30)).value is None


def test_of_imported_periods_that_overlap_the_first_and_longest_counts(world: World) -> None:
    EnteredFigure.objects.create(figure="website_visits", series="kk.dk")
    _past("visits", "kk.dk/a", 500, None, 3)
    for day in (1, 2, 31):
        _past("visits", "kk.dk/a", 10, None, 3, day=day)
        _past("visits", "kk.dk/b", 1, None, 3, day=day)
    _past("visits", "kk.dk/a", 10, None, 4, day=1)
    assert figure("website_visits", date(2026, 3, 1), date(2026, 4, 30)).value == 500 + 3 + 10
    assert figure("website_visits", date(2026, 3, 2), date(2026, 4, 30)).value == 20 + 2 + 10, "without the month"


def test_figures_that_nobody_types_cost_one_query(world: World, django_assert_num_queries: Any) -> None:
    EnteredFigure.objects.create(figure="website_visits", series="kk.dk")
    for day in range(1, 31):
        _past("visits", "kk.dk", 10, None, 3, day=day)
    days = Period.days(date(2026, 3, 1), date(2026, 3, 31))
    with django_assert_num_queries(1):
        assert not reading.totals(days, entered=["given_up"])
    with django_assert_num_queries(3):
        assert not reading.totals(days, entered=["service_journeys"])
    with django_assert_num_queries(5):
        assert reading.totals(days, entered=["given_up", "website_visits"])[""].entered.of("website_visits")


def test_the_command_and_reports_read_them_beside_other_figures(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(world, "service_journeys", date(2026, 5, 5), 6)
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    call_command("figures", "service_journeys", first=first, last=last, by="centre", json=True)
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["group"], row["value"]) == ("tmf", 6)
    report = CentreReporting.of(world.centres["tmf"], first, last)
    assert report.whole("given_up", first, last).value is None
    assert report.whole("service_journeys", first, last).value == 6
    assert report.grouped("service_journeys", first, last, GroupBy.MONTH)[0]["2026-12"].value == 6


def test_an_imported_satisfaction_counts_with_how_many_answered(world: World) -> None:
    _past("satisfaction", "Indgang Nord", 200, 89.0, 1)
    _past("satisfaction", "Indgang Nord", None, 10.0, 2)
    EnteredFigure.objects.create(figure="satisfied_in_person", series="Indgang Nord")
    assert figure("satisfied_in_person", date(2026, 1, 1), date(2026, 2, 28)) == Figure(89.0, 200)
    (value,) = history_entered.values("satisfied_in_person", "Indgang Nord", date(2026, 1, 1), date(2026, 2, 28))
    assert (value.number, value.out_of, value.is_imported) == (178.0, 200.0, True)


def test_it_is_a_target_like_any_other_figure_of_the_whole_period(world: World) -> None:
    made = draft(world)
    target(made, world.hans, kpi="service_journeys", level=0, value=Decimal(7))
    days = DateRange(date(2026, 1, 1), date(2027, 1, 1))

    def kept() -> TargetVerdict:
        (found,) = reality.of_agreement(made, reality.measure(["tmf"], [0], days))
        return found.verdict

    assert kept() is TargetVerdict.NO_DATA
    typed(world, "service_journeys", date(2026, 2, 2), 6)
    assert kept() is TargetVerdict.MISSED
    typed(world, "service_journeys", date(2026, 2, 2), 7)
    assert kept() is TargetVerdict.KEPT
    assert target_words(made.targets.get()) == "Gennemførte servicerejser: mindst 7", "of the period, not per day"
