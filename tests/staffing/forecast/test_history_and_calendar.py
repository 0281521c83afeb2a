"""What was counted, when it was open, and what a date means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.schedule import Schedule, Weekly
from indgang.staffing.forecast import calendar
from indgang.staffing.forecast.history import History, open_intervals
from indgang.staffing.need import Impossible

OFFICE = Schedule(weekly=tuple(Weekly(day, time(8), time(17)) for day in range(5)))
AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)


@pytest.mark.parametrize(("day", "hours", "at_two"), [(AUTUMN, 25, 2), (SPRING, 23, 0), (date(2026, 6, 1), 24, 1)])
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day: date, hours: int, at_two: int) -> None:
    opened = open_intervals(None, day, 1)[0]
    assert opened.sum() == hours * 4
    assert (opened[8:12] == at_two).all()


def test_opening_hours_are_those_of_the_schedule_and_holidays_are_closed() -> None:
    opened = open_intervals(OFFICE, date(2026, 12, 23), 4)
    assert opened.sum(axis=1).tolist() == [36, 0, 0, 0]
    assert np.flatnonzero(opened[0]).tolist() == list(range(32, 68))


def test_an_interval_that_opens_within_it_is_open_for_its_part() -> None:
    late = Schedule(weekly=(Weekly(0, time(8, 10), time(9)),))
    assert open_intervals(late, date(2026, 6, 1), 1, 48)[0][16:18].tolist() == pytest.approx([2 / 3, 1])


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.sampled_from([24, 48, 96]))
def test_a_day_is_open_as_long_in_intervals_of_any_length(day: date, per_day: int) -> None:
    whole = Schedule(weekly=tuple(Weekly(each, time(0), time(0)) for each in range(7)), closed_on_holidays=False)
    assert open_intervals(whole, day, 1, per_day).sum() * 96 / per_day == pytest.approx(
        open_intervals(None, day, 1).sum()
    )


def _history(**changes: object) -> History:
    return replace(History(date(2026, 6, 1), np.ones((3, 24)), np.ones((3, 24))), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"counts": np.full((3, 24), -1.0)}, "0 to 1,000,000"),
        ({"counts": np.full((3, 24), 2e6)}, "0 to 1,000,000"),
        ({"counts": np.full((3, 24), np.inf)}, "0 to 1,000,000"),
        ({"counts": np.ones((2, 24))}, "same number of days"),
        ({"counts": np.ones((3, 7)), "open": np.ones((3, 7))}, "24, 48 or 96"),
        ({"open": np.full((3, 24), 3.0)}, "0 to 2 times"),
    ],
)
def test_counts_that_cannot_be_are_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Impossible, match=says):
        _history(**changes)


def test_missing_excluded_and_closed_days_are_not_learned_from() -> None:
    counts, opened = np.ones((3, 24)), np.ones((3, 24))
    counts[0], opened[1] = np.nan, 0.0
    history = _history(counts=counts, open=opened, excluded={date(2026, 6, 3): "strømsvigt", date(2020, 1, 1): "før"})
    assert history.usable.tolist() == [False, False, False]
    assert history.outside == 24
    assert history.until(date(2026, 6, 2)).days == 1


def test_the_days_of_2026_are_what_danes_know() -> None:
    def traits(day: date) -> set[str]:
        return {name for name, (holds, _size) in calendar.TRAITS.items() if holds(day)}

    assert calendar.easter(2026) == date(2026, 4, 5)
    assert "squeezed" in traits(date(2026, 5, 15))  # after Ascension Day
    assert {"after_days_off", "weekday_1"} <= traits(date(2026, 4, 7))
    assert "before_day_off" in traits(date(2026, 4, 1))
    assert calendar.summer_holiday(2026) == (date(2026, 6, 27), date(2026, 8, 9))
    assert {"first_bank_day"} <= traits(date(2026, 6, 1))
    assert "last_bank_day" in traits(date(2026, 10, 30))
    assert calendar.child_benefit_day(2026, 10) == date(2026, 10, 20)
    assert calendar.child_benefit_day(2024, 1) == date(2024, 1, 19)  # the 20th is a Saturday
    assert calendar.is_day_off(date(2023, 5, 5))
    assert not calendar.is_day_off(date(2024, 4, 26))  # Great Prayer Day is abolished


@given(st.integers(1990, 2090))
def test_each_year_has_one_week_of_each_school_holiday_also_with_53_weeks(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    for name in ("winter_holiday", "autumn_holiday"):
        assert sum(calendar.TRAITS[name][0](day) for day in days) == 7
    assert sum(calendar.TRAITS["first_bank_day"][0](day) for day in days) == 12
    assert calendar.season(days[0], 365).shape == (365, len(calendar.names(True)) - len(calendar.names(False)))
