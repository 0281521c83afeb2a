"""What contracts say about the days of a plan: hours in proportion, and rules that all of them allow."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from indgang.staffing.shifts.problem import DAY, days_from
from indgang.workforce.models import WorkContract
from indgang.workforce.shifts.terms import PlanTerms

#: a Monday
FIRST = date(2026, 3, 2)
EASTER = date(2026, 3, 30)


def contract(pk: int = 1, *, since: date = date(2026, 1, 1), until: date | None = None, **changes: Any) -> WorkContract:
    return WorkContract(pk=pk, valid_from=since, valid_to=until, **{"weekly_hours": 37} | changes)


def terms(*contracts: WorkContract, first: date = FIRST, days: int = 14, **places: frozenset[str]) -> PlanTerms:
    return PlanTerms(days_from(first, days), contracts, {int(key[1:]): value for key, value in places.items()})


def owed(found: PlanTerms, *absences: tuple[int, int]) -> float:
    return found.week_hours * len(found.days) / 7 - found.credit(absences)


def test_a_contract_that_begins_in_the_plan_counts_its_own_days() -> None:
    found = terms(contract(since=FIRST + timedelta(days=9)))
    assert found.away == [(0, 9 * DAY)]
    assert owed(found) == pytest.approx(37 * 3 / 5)


def test_a_contract_that_ends_leaves_the_days_after_it_free() -> None:
    found = terms(contract(until=FIRST + timedelta(days=7)))
    assert found.away == [(7 * DAY, 14 * DAY)]
    assert owed(found) == pytest.approx(37)
    # leave after the end is no second credit
    assert owed(found, (7 * DAY, 14 * DAY)) == pytest.approx(37)


def test_two_contracts_count_both_and_the_rules_of_both_are_kept() -> None:
    change = FIRST + timedelta(days=7)
    found = terms(
        contract(until=change, weekly_hours=20, days_a_week=3, latest=time(16), weekends_off=4),
        contract(2, since=change, shortest=400), k1=frozenset({"one", "two"}), k2=frozenset({"two"}),
    )  # fmt: skip
    assert found.away == []
    assert owed(found) == pytest.approx(57)
    assert owed(found, (7 * DAY, 8 * DAY)) == pytest.approx(57 - 37 / 5)
    rules = found.rules()
    assert (rules["days_a_week"], rules["weekends_off"], rules["workplaces"]) == (3, 4, {"two"})
    assert (rules["shortest"], rules["longest"], rules["earliest"], rules["latest"]) == (27, 34, 28, 64)


def test_contracts_that_cannot_both_be_kept_leave_the_days_of_the_shorter_one_unplanned() -> None:
    change = FIRST + timedelta(days=3)
    found = terms(contract(until=change, weekly_hours=20, longest=300, shortest=240), contract(2, since=change))
    assert found.away == [(0, 3 * DAY)]
    assert found.rules()["shortest"] == 24
    assert owed(found) == pytest.approx(37 * 7 / 5)


def test_without_a_contract_every_day_is_away() -> None:
    found = terms()
    assert (found.away, found.week_hours, owed(found)) == ([(0, 14 * DAY)], 0, 0)
    assert found.slack(0, 15) == 15, "what is worked already cannot be changed"


def test_public_holidays_on_weekdays_count_as_worked_once() -> None:
    """Maundy Thursday, Good Friday, and Easter Monday of the week after."""
    found = terms(contract(), first=EASTER)
    assert owed(found) == pytest.approx(2 * 37 - 3 * 37 / 5)
    assert owed(found, (3 * DAY, 4 * DAY)) == pytest.approx(2 * 37 - 3 * 37 / 5)


@pytest.mark.parametrize(
    ("changes", "lengths"),
    [
        ({}, set()),
        ({"shortest": 420, "longest": 420}, {28}),
        ({"shortest": 375, "longest": 480, "earliest": time(8), "latest": time(15)}, {28}),
        ({"shortest": 660, "longest": 780}, {46}),
    ],
)
def test_shifts_have_a_length_that_the_contract_allows(changes: dict[str, Any], lengths: set[int]) -> None:
    assert terms(contract(**changes)).lengths() == lengths


def test_times_between_two_quarters_are_not_overstepped() -> None:
    rules = terms(contract(earliest=time(7, 10), latest=time(16, 20))).rules()
    assert (rules["earliest"], rules["latest"]) == (29, 65)
