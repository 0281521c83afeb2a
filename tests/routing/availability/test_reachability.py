"""Who can take a question now. The laws compare the answer with a minute-by-minute reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import DateRange, TimeRange
from indgang.core.schedule import ExceptionDay, Schedule, Weekly
from indgang.routing.availability.reachability import Hindrance, Precedence, Reachability, who_can_take
from indgang.routing.availability.windows import (
    Absence,
    AbsenceReason,
    AtDesk,
    Availability,
    Medium,
    Substitution,
    Window,
)
from tests import sample

BUILDING = "byggesager"
ANNA, BO, CARL, DORTE = 1, 2, 3, 4
MONDAY = date(2026, 11, 30)
WEEKDAYS = range(5)


def hours(opens: str, closes: str, weekdays: range = WEEKDAYS) -> Schedule:
    return Schedule(tuple(Weekly(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day in weekdays))


def window(number: int, *people: int, opens: str = "09:00", closes: str = "14:00", back_up: bool = False) -> Window:
    return Window(number, "bygning", BUILDING, people, hours(opens, closes), is_back_up=back_up)


def wall(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), COPENHAGEN).astimezone(UTC)


def away(person: int, start: str, end: str, reason: AbsenceReason = AbsenceReason.MEETING) -> Absence:
    return Absence(person, TimeRange(wall(start), wall(end)), reason)


def asked(facts: Availability, clock: str, day: date = MONDAY) -> Reachability:
    return who_can_take(facts, BUILDING, Medium.PHONE, wall(clock, day))


def test_people_of_an_open_window_are_available_until_it_closes() -> None:
    answer = asked(Availability((window(1, ANNA, BO),)), "10:00")
    assert [(each.person, each.precedence, each.until) for each in answer.available] == [
        (ANNA, Precedence.PROMISED, wall("14:00")), (BO, Precedence.PROMISED, wall("14:00")),
    ]  # fmt: skip
    assert answer.next_at == wall("09:00", MONDAY + timedelta(days=1))
    assert not answer.unavailable


def test_the_next_opening_is_named_while_somebody_can_be_asked() -> None:
    """Bo comes back at 10.30, which is no opening; Carl's window opens at 13."""
    facts = Availability((window(1, ANNA, BO), window(2, CARL, opens="13:00")), (away(BO, "09:00", "10:30"),))
    assert asked(facts, "10:00").next_at == wall("13:00")
    facts = Availability(facts.windows, (*facts.absences, away(CARL, "12:00", "16:00")))
    assert asked(facts, "10:00").next_at == wall("09:00", MONDAY + timedelta(days=1))


def test_nobody_is_available_outside_the_window_and_the_next_one_is_named() -> None:
    answer = asked(Availability((window(1, ANNA),)), "15:00")
    assert answer.available == ()
    assert answer.next_at == wall("09:00", MONDAY + timedelta(days=1))


def test_a_subject_without_windows_says_so() -> None:
    answer = who_can_take(Availability((window(1, ANNA),)), "parkering", Medium.PHONE, wall("10:00"))
    assert not answer.has_windows
    assert answer.available == ()
    assert answer.next_at is None
    assert not who_can_take(Availability((window(1, ANNA),)), BUILDING, Medium.CHAT, wall("10:00")).has_windows


def test_an_absent_person_is_back_at_the_end_and_the_substitute_is_asked_meanwhile() -> None:
    facts = Availability(
        (window(1, ANNA),), (away(ANNA, "10:00", "11:30"),), (Substitution(ANNA, BO, DateRange(MONDAY, None)),)
    )
    answer = asked(facts, "10:15")
    (bo,) = answer.available
    assert (bo.person, bo.precedence, bo.instead_of, bo.until) == (BO, Precedence.SUBSTITUTE, ANNA, wall("11:30"))
    (anna,) = answer.unavailable
    assert (anna.hindrance, anna.reason, anna.back_at) == (Hindrance.ABSENT, AbsenceReason.MEETING, wall("11:30"))
    assert asked(facts, "09:30").available[0].until == wall("10:00"), "the meeting ends the promise"


def test_without_a_substitute_the_next_time_is_the_return() -> None:
    answer = asked(Availability((window(1, ANNA),), (away(ANNA, "10:00", "11:30"),)), "10:15")
    assert answer.available == ()
    assert answer.next_at == wall("11:30")


def test_a_ring_of_substitutes_ends_and_names_everybody_in_it() -> None:
    ring = tuple(Substitution(one, other) for one, other in ((ANNA, BO), (BO, CARL), (CARL, ANNA)))
    absent = tuple(away(person, "08:00", "12:00", AbsenceReason.SICK) for person in (ANNA, BO, CARL))
    answer = asked(Availability((window(1, ANNA),), absent, ring), "10:00")
    assert answer.available == ()
    assert [each.person for each in answer.unavailable] == [ANNA, BO, CARL]
    assert answer.next_at == wall("12:00")


def test_promised_people_come_before_substitutes_and_back_ups() -> None:
    facts = Availability(
        (window(2, DORTE, back_up=True), window(1, ANNA, BO)),
        (away(ANNA, "09:00", "12:00"),),
        (Substitution(ANNA, CARL),),
        reported=frozenset((CARL, DORTE)),
    )
    assert [(each.person, each.precedence) for each in asked(facts, "10:00").available] == [
        (BO, Precedence.PROMISED), (CARL, Precedence.SUBSTITUTE), (DORTE, Precedence.BACK_UP),
    ]  # fmt: skip


def test_among_equals_those_heard_of_today_come_first() -> None:
    facts = Availability((window(1, ANNA, BO),), reported=frozenset((BO,)))
    answer = asked(facts, "10:00")
    assert [(each.person, each.is_confirmed) for each in answer.available] == [(BO, True), (ANNA, False)]


def test_a_person_in_a_conversation_is_named_but_not_available() -> None:
    facts = Availability((window(1, ANNA, BO),), desks={ANNA: AtDesk.BUSY, BO: AtDesk.PAUSED})
    assert [(each.person, each.hindrance) for each in asked(facts, "10:00").unavailable] == [
        (ANNA, Hindrance.BUSY), (BO, Hindrance.PAUSED),
    ]  # fmt: skip


def test_a_person_in_two_windows_is_listed_once_by_the_stronger_promise() -> None:
    answer = asked(Availability((window(1, ANNA, back_up=True), window(2, ANNA))), "10:00")
    assert [(each.person, each.precedence, each.window) for each in answer.available] == [
        (ANNA, Precedence.PROMISED, 2)
    ]


def test_a_window_over_midnight_ends_in_the_morning() -> None:
    night = Schedule((Weekly(0, time(22), time(0)), Weekly(1, time(0), time(6))))
    facts = Availability((replace(window(1, ANNA), hours=night),))
    assert asked(facts, "23:30").available[0].until == wall("06:00", MONDAY + timedelta(days=1))


def test_a_holiday_and_an_exception_close_the_window() -> None:
    christmas = date(2026, 12, 25)
    assert asked(Availability((window(1, ANNA),)), "10:00", christmas).next_at == wall("09:00", date(2026, 12, 28))
    closed = replace(hours("09:00", "14:00"), exceptions=(ExceptionDay(MONDAY, (), "Personalemøde"),))
    facts = Availability((replace(window(1, ANNA), hours=closed),))
    assert asked(facts, "10:00").next_at == wall("09:00", MONDAY + timedelta(days=1))


def test_the_clock_put_back_lengthens_a_night_window() -> None:
    night = Schedule((Weekly(6, time(1), time(4)),))
    sunday = date(2026, 10, 25)
    facts = Availability((replace(window(1, ANNA), hours=night),))
    (anna,) = asked(facts, "01:00", sunday).available
    assert anna.until is not None
    assert anna.until - wall("01:00", sunday) == timedelta(hours=4)


# --- laws ---------------------------------------------------------------------------------------

PEOPLE = (ANNA, BO, CARL, DORTE)
_hour = st.integers(7, 18)


@st.composite
def some_windows(draw: st.DrawFn, number: int) -> Window:
    opens = draw(_hour)
    closes = draw(st.integers(opens + 1, 20))
    days = draw(st.sampled_from((range(5), range(0, 5, 2), range(1))))
    people = tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)))
    hours = Schedule(tuple(Weekly(day, time(opens), time(closes)) for day in days))
    return Window(number, "bygning", BUILDING, people, hours, is_back_up=draw(st.booleans()))


@st.composite
def some_absences(draw: st.DrawFn) -> Absence:
    start = wall("06:00") + timedelta(minutes=30 * draw(st.integers(0, 60)))
    end = None if draw(st.integers(0, 9)) == 0 else start + timedelta(minutes=30 * draw(st.integers(1, 60)))
    return Absence(draw(st.sampled_from(PEOPLE)), TimeRange(start, end), draw(st.sampled_from(AbsenceReason)))


@st.composite
def some_facts(draw: st.DrawFn) -> Availability:
    windows = tuple(draw(some_windows(number)) for number in range(draw(st.integers(1, 4))))
    absences = tuple(draw(st.lists(some_absences(), max_size=6)))
    pairs = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=4))
    return Availability(windows, absences, tuple(Substitution(*pair) for pair in pairs))


def _reached(facts: Availability, person: int, at: datetime, seen: frozenset[int] = frozenset()) -> int | None:
    """Returns who takes the person's questions, by plain recursion over the definition; None if nobody does."""
    if person in seen:
        return None
    if not any(each.person == person and at in each.during for each in facts.absences):
        return person
    following = [each.substitute for each in facts.substitutions if each.person == person and day_of(at) in each.days]
    return _reached(facts, following[0], at, seen | {person}) if following else None


def _everybody(facts: Availability, at: datetime) -> set[int]:
    reached = (
        _reached(facts, person, at) for each in facts.windows if each.hours.is_open(at) for person in each.people
    )
    return {person for person in reached if person is not None}


_moments = st.integers(0, 96).map(lambda half: wall("06:00") + timedelta(minutes=30 * half))


@given(facts=some_facts(), at=_moments)
@settings(max_examples=sample.examples(200))
def test_everybody_reached_is_available_once(facts: Availability, at: datetime) -> None:
    answer = who_can_take(facts, BUILDING, Medium.PHONE, at)
    people = [each.person for each in answer.available]
    assert sorted(people) == sorted(_everybody(facts, at))
    assert not set(people) & {each.person for each in answer.unavailable}


@given(facts=some_facts(), at=_moments)
@settings(max_examples=sample.examples(200))
def test_a_promise_holds_until_its_end(facts: Availability, at: datetime) -> None:
    for each in who_can_take(facts, BUILDING, Medium.PHONE, at).available:
        assert each.until is None or each.until > at
        last = min(each.until or at + timedelta(days=2), at + timedelta(days=2)) - timedelta(minutes=1)
        assert each.person in _everybody(facts, last)


@given(facts=some_facts(), at=_moments)
@settings(max_examples=sample.examples(200))
def test_the_next_time_is_the_first_at_which_somebody_is_reached(facts: Availability, at: datetime) -> None:
    answer = who_can_take(facts, BUILDING, Medium.PHONE, at)
    if answer.available or answer.next_at is None:
        return
    assert _everybody(facts, answer.next_at)
    step = at
    while step < min(answer.next_at, at + timedelta(days=5)):
        assert not _everybody(facts, step), step
        step += timedelta(minutes=30)
