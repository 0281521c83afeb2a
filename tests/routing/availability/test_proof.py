"""What became of a day's promises. The law compares the sums with the plain definition, minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import TimeRange
from indgang.core.schedule import Schedule, Weekly
from indgang.routing.availability import proof
from indgang.routing.availability.proof import AtDeskTime, Attempt, PromisedDay, Shortfall, WindowDay
from indgang.routing.availability.reachability import Hindrance, who_can_take
from indgang.routing.availability.windows import AtDesk, Availability, Medium, Substitution, Window
from tests import sample
from tests.routing.availability.test_reachability import (
    ANNA,
    BO,
    BUILDING,
    CARL,
    MONDAY,
    PEOPLE,
    away,
    some_facts,
    wall,
    window,
)

HOUR = 3600


def at_desk(person: int, start: str, end: str, state: AtDesk = AtDesk.BUSY) -> AtDeskTime:
    return AtDeskTime(person, state, TimeRange(wall(start), wall(end)))


def one(day: PromisedDay) -> WindowDay:
    (found,) = proof.of_day(day)
    return found


def test_a_person_who_is_there_keeps_the_whole_promise() -> None:
    found = one(PromisedDay(MONDAY, Availability((window(1, ANNA),))))
    assert (found.promised, found.reachable, found.gaps) == (5 * HOUR, 5 * HOUR, {})
    assert proof.share([found]) == 1.0


def test_time_without_anybody_is_a_gap_by_its_nearest_cause() -> None:
    """From 10 both are away; from 12 Bo is back but in a pause, and in a conversation from 13."""
    absences = (away(ANNA, "10:00", "15:00"), away(BO, "09:00", "12:00"))
    desks = (at_desk(BO, "12:00", "13:00", AtDesk.PAUSED), at_desk(BO, "13:00", "13:30"))
    found = one(PromisedDay(MONDAY, Availability((window(1, ANNA, BO),), absences), desks))
    assert found.gaps == {Shortfall.ABSENT: 2 * HOUR, Shortfall.PAUSED: HOUR, Shortfall.BUSY: HOUR // 2}
    assert (found.promised, found.reachable) == (5 * HOUR, 1.5 * HOUR)


def test_a_substitute_keeps_the_promise_and_a_back_up_has_its_own() -> None:
    facts = Availability(
        (window(1, ANNA), window(2, CARL, back_up=True)), (away(ANNA, "09:00", "14:00"),), (Substitution(ANNA, BO),)
    )
    first, back_up = proof.of_day(PromisedDay(MONDAY, facts, (at_desk(CARL, "09:00", "10:00"),)))
    assert (first.reachable, back_up.reachable) == (5 * HOUR, 4 * HOUR)


def test_today_counts_up_to_now() -> None:
    found = one(
        PromisedDay(MONDAY, Availability((window(1, ANNA),), (away(ANNA, "09:00", "09:30"),)), until=wall("10:00"))
    )
    assert (found.promised, found.reachable) == (HOUR, HOUR // 2)
    assert proof.of_day(PromisedDay(MONDAY, Availability((window(1, ANNA),)), until=wall("08:00"))) == []
    assert proof.share([]) is None


def test_a_line_for_all_services_of_a_unit_counts_once() -> None:
    facts = Availability((window(1, ANNA), replace(window(1, ANNA), subject="tegninger")))
    assert one(PromisedDay(MONDAY, facts)).promised == 5 * HOUR


def test_attempts_count_once_at_their_window_or_the_nearest() -> None:
    facts = Availability(
        (window(1, ANNA, opens="09:00", closes="11:00"), window(2, ANNA, opens="13:00", closes="14:00"))
    )
    attempts = [
        Attempt(wall("09:30"), BUILDING, ANNA, (1,)),
        Attempt(wall("09:40"), BUILDING, ANNA, (1,), "no_answer"),
        Attempt(wall("10:00"), BUILDING, None, (), "nobody"),
        Attempt(wall("12:30"), "", ANNA, (), "refused"),
        Attempt(wall("11:10"), BUILDING, None, (), "nobody"),
        Attempt(wall("10:00"), "ukendt emne", None),
        Attempt(wall("10:00"), "", CARL),
    ]
    first, second = proof.of_day(PromisedDay(MONDAY, facts, attempts=attempts))
    assert (first.inside, first.outside, first.answered, first.reasons) == (3, 1, 1, {"no_answer": 1, "nobody": 2})
    assert (second.inside, second.outside, second.answered, second.reasons) == (0, 1, 0, {"refused": 1})


def test_a_window_of_another_day_is_shown_when_somebody_asked_for_it() -> None:
    sunday = MONDAY - timedelta(days=1)
    asked = Attempt(wall("10:00", sunday), BUILDING, None, (), "nobody")
    found = one(PromisedDay(sunday, Availability((window(1, ANNA),)), attempts=[asked]))
    assert (found.promised, found.outside) == (0, 1)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 23), (10, 24, 25)])
def test_the_night_of_a_clock_change_has_its_own_length(month: int, day: int, hours: int) -> None:
    night = Schedule((Weekly(6, time(0), time(0)),))
    sunday = datetime(2026, month, day, tzinfo=COPENHAGEN).date() + timedelta(days=1)
    found = one(PromisedDay(sunday, Availability((replace(window(1, ANNA), hours=night),))))
    assert found.promised == found.reachable == hours * HOUR


_STATES = st.sampled_from((AtDesk.BUSY, AtDesk.PAUSED))


@st.composite
def some_day(draw: st.DrawFn) -> PromisedDay:
    """A day whose times are whole half hours. Nobody is in two states at their desk at once."""
    desks = []
    for person in PEOPLE:
        halves = sorted(draw(st.sets(st.integers(0, 30), max_size=4)))
        for start, end in zip(halves[::2], halves[1::2], strict=False):
            begins, ends = (wall("06:00") + timedelta(minutes=30 * half) for half in (start, end))
            desks.append(AtDeskTime(person, draw(_STATES), TimeRange(begins, ends)))
    until = draw(st.none() | st.integers(0, 30).map(lambda half: wall("06:00") + timedelta(minutes=30 * half)))
    return PromisedDay(MONDAY, draw(some_facts()), desks, until=until)


def _plain(day: PromisedDay, one: Window) -> tuple[int, int, dict[str, int]]:
    """Promised, reachable and gaps of one window, asking the engine of the live answer every half hour."""
    promised = reachable = 0
    gaps: dict[str, int] = {}
    for half in range(48):
        at = datetime.combine(MONDAY, time(), COPENHAGEN) + timedelta(minutes=30 * half)
        if not one.hours.is_open(at) or (day.until is not None and at >= day.until):
            continue
        promised += 1800
        states = {each.person: each.state for each in day.desks if at in each.during}
        answer = who_can_take(replace(day.facts, windows=(one,), desks=states), BUILDING, Medium.PHONE, at)
        if answer.available:
            reachable += 1800
            continue
        causes = {each.hindrance for each in answer.unavailable}
        near = (Hindrance.BUSY, Hindrance.PAUSED)
        cause = next((each.value for each in near if each in causes), Hindrance.ABSENT.value)
        gaps[cause] = gaps.get(cause, 0) + 1800
    return promised, reachable, gaps


@given(day=some_day())
@settings(max_examples=sample.examples(150), deadline=None)
def test_the_sums_are_those_of_the_live_answer_at_every_moment(day: PromisedDay) -> None:
    found = {each.window: each for each in proof.of_day(day)}
    for each in day.facts.windows:
        known = found.get(each.id, WindowDay(each.id, MONDAY))
        assert (known.promised, known.reachable, dict(known.gaps)) == _plain(day, each)
        assert known.promised == known.reachable + sum(known.gaps.values())
