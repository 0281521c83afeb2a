"""Laws of a plan's days, of lateness and of circles; and how ready a unit is."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.months import months_later
from indgang.programme.rollout import judging, readiness, reference
from indgang.programme.rollout.judging import ActivityProgress, Dip, IndexDifference, Lateness, RiskSize
from indgang.programme.rollout.models import MOST_MONTHS, RolloutChange, RolloutTrack
from indgang.programme.rollout.readiness import (
    STATED,
    Lack,
    MovingUnit,
    ReadinessPoint,
    ServiceArticles,
    StandingAgreement,
)
from indgang.programme.rollout.timing import StageTime, due, next_quarter, quarter_of, stage_days

days = st.dates(date(2000, 1, 31), date(2100, 1, 1))
TODAY = date(2026, 3, 11)
READY = MovingUnit(
    services=(ServiceArticles("Altaner", True, True),), agreement=StandingAgreement(True, True, True),
    numbers={"+4533661000": True}, mailboxes={"by@kommune.example": True}, stated=dict.fromkeys(STATED, True),
)  # fmt: skip


@given(days, st.integers(-MOST_MONTHS, MOST_MONTHS))
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_documents_days_follow_from_the_grant() -> None:
    stages = [StageTime(each["number"], each["after_months"]) for each in reference.plan().stages]
    assert stage_days(date(2020, 10, 1), stages) == {0: date(2020, 10, 1), 1: date(2021, 4, 1), 2: date(2021, 6, 1)}


@given(days, st.lists(st.integers(0, MOST_MONTHS), min_size=1, max_size=5), st.integers(0, 400))
def test_who_moves_the_grant_moves_what_follows_from_it(granted: date, months: list[int], by: int) -> None:
    first = granted.replace(day=1)
    stages = [StageTime(number, each) for number, each in enumerate(months, start=1)]
    before, after = stage_days(first, stages), stage_days(months_later(first, by), stages)
    assert all(after[number] == months_later(before[number], by) for number in before)
    assert list(before.values()) == sorted(before.values())


@given(days, days)
def test_a_chosen_day_stays_and_the_next_stage_follows_from_it(granted: date, chosen: date) -> None:
    found = stage_days(granted, [StageTime(1, 6, chosen), StageTime(2, 2)])
    assert found[1] == chosen
    assert found[2] == months_later(chosen, 2)


def test_a_day_without_a_stage_is_none_unless_it_was_chosen() -> None:
    assert due({0: TODAY}, None, 3, None) is None
    assert due({0: TODAY}, 7, 3, None) is None
    assert due({0: TODAY}, 7, 3, date(2026, 5, 1)) == date(2026, 5, 1)


@given(days)
def test_a_day_lies_in_its_quarter(day: date) -> None:
    first = quarter_of(day)
    assert first <= day < next_quarter(first)
    assert first.day == 1
    assert first.month in (1, 4, 7, 10)


@pytest.mark.parametrize(
    ("progress", "starts", "ends", "expected"),
    [
        (ActivityProgress.WAITING, TODAY, TODAY, Lateness.NOT_BEGUN),
        (ActivityProgress.WAITING, TODAY + timedelta(1), TODAY + timedelta(9), Lateness.ON_TIME),
        (ActivityProgress.RUNNING, TODAY - timedelta(9), TODAY, Lateness.ON_TIME),
        (ActivityProgress.RUNNING, None, TODAY - timedelta(1), Lateness.OVERDUE),
        (ActivityProgress.DONE, None, TODAY - timedelta(1), Lateness.OVER),
        (ActivityProgress.DROPPED, None, None, Lateness.OVER),
        (ActivityProgress.RUNNING, TODAY, None, Lateness.NO_DATE),
    ],
)
def test_what_is_late(progress: ActivityProgress, starts: date | None, ends: date | None, expected: Lateness) -> None:
    assert judging.lateness(progress, starts, ends, TODAY) is expected


@given(st.dictionaries(st.integers(1, 6), st.sets(st.integers(1, 6)), max_size=6), st.integers(1, 6))
def test_a_circle_leads_back_by_needs_alone(needs: dict[int, set[int]], of: int) -> None:
    found = judging.circle(needs, of)
    if found:
        assert found[0] == found[-1] == of
        assert all(later in needs[earlier] for earlier, later in pairwise(found))
    else:
        reached, waiting = set[int](), set(needs.get(of, ()))
        while waiting:
            each = waiting.pop()
            reached.add(each)
            waiting |= needs.get(each, set()) - reached
        assert of not in reached


def test_the_size_of_a_risk_grows_with_both_its_sides() -> None:
    order = [RiskSize.LOW, RiskSize.MEDIUM, RiskSize.HIGH]
    sizes = [[order.index(judging.risk_size(a, b)) for b in range(1, 6)] for a in range(1, 6)]
    assert all(row == sorted(row) for row in [*sizes, *map(list, zip(*sizes, strict=True))])
    assert (sizes[0][0], sizes[4][4]) == (0, 2)
    with pytest.raises(ValueError, match="1 to 5"):
        judging.risk_size(0, 3)


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (None, Dip.UNKNOWN), (IndexDifference(-5.0, True), Dip.NONE), (IndexDifference(3.0, True), Dip.NONE),
        (IndexDifference(-5.1, True), Dip.CERTAIN), (IndexDifference(-40.0, False), Dip.UNSURE),
    ],
)  # fmt: skip
def test_a_dip_is_more_than_the_limit_and_said_to_be_chance_where_it_may_be(
    difference: IndexDifference | None, expected: Dip
) -> None:
    assert judging.dip(difference, 5) is expected


def test_a_unit_is_ready_when_nothing_is_missing() -> None:
    assert all(each.is_ready for each in readiness.states(READY))
    assert [each.point for each in readiness.states(READY)] == list(ReadinessPoint)


def test_a_unit_of_which_nothing_is_known_says_what_is_missing() -> None:
    found = {each.point: [lack.lack for lack in each.missing] for each in readiness.states(MovingUnit())}
    assert found == {
        ReadinessPoint.ARTICLES: [], ReadinessPoint.WINDOWS: [Lack.NO_AGREEMENT],
        ReadinessPoint.PROCEDURES: [Lack.NO_PROCEDURE], ReadinessPoint.NUMBERS: [], ReadinessPoint.MAILBOXES: [],
        ReadinessPoint.MENTOR: [Lack.NOT_STATED], ReadinessPoint.TRAINED: [Lack.NOT_STATED],
    }  # fmt: skip


@given(
    st.lists(st.builds(ServiceArticles, st.text(max_size=3), st.booleans(), st.booleans()), max_size=4),
    st.none() | st.builds(StandingAgreement, st.booleans(), st.booleans(), st.booleans()),
    st.dictionaries(st.text(max_size=3), st.booleans(), max_size=3),
    st.dictionaries(st.sampled_from(STATED), st.booleans()),
)
def test_a_unit_is_ready_exactly_when_every_point_is(
    services: list[ServiceArticles], agreement: StandingAgreement | None, numbers: dict[str, bool],
    stated: dict[ReadinessPoint, bool],
) -> None:  # fmt: skip
    facts = MovingUnit(tuple(services), agreement, numbers, numbers, stated)
    whole = (
        all(each.is_published for each in services)
        and agreement == StandingAgreement(True, True, True)
        and all(numbers.values())
        and all(stated.get(point) for point in STATED)
    )
    assert all(each.is_ready for each in readiness.states(facts)) is whole
    named = [name for each in readiness.states(facts) for lack in each.missing for name in lack.names]
    assert sorted(named) == sorted(
        [each.name for each in services if not each.is_published] + 2 * [name for name in numbers if not numbers[name]]
    )


def test_the_documents_have_37_activities_in_four_tracks() -> None:
    rows = reference.plan().activities
    assert len(rows) == len({each["code"] for each in rows}) == 37
    sizes = {change: sum(each["part_of"] == change for each in rows) for change in RolloutChange.values}
    assert sizes == {"centre": 14, "website": 9, "feedback": 14, "other": 0}
    assert {each["track"] for each in rows} == set(RolloutTrack.values)
    assert all(each["source"].startswith("001:") and each["responsible"] for each in rows)


def test_no_activity_of_the_documents_waits_for_itself() -> None:
    codes = {each["code"] for each in reference.plan().activities}
    numbers = {code: number for number, code in enumerate(sorted(codes))}
    needs = {numbers[code]: {numbers[each] for each in needed} for code, needed in reference.needs().items()}
    assert not any(judging.circle(needs, number) for number in needs)
