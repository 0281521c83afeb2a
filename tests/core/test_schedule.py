"""Opening hours: the examples of the documents, holidays, daylight saving, and laws."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import DateRange
from indgang.core.schedule import HORIZON_DAYS, Closed, ClosedKind, ExceptionDay, OptionalClosing, Schedule, Weekly

#: Byliv's main number: weekdays 10-14, closed 11.30-12.30
BYLIV = Schedule(
    tuple(
        Weekly(day, opens, closes)
        for day in range(5)
        for opens, closes in ((time(10), time(11, 30)), (time(12, 30), time(14)))
    )
)
NIGHT_AND_DAY = Schedule(tuple(Weekly(day, time(0), time(0)) for day in range(7)), closed_on_holidays=False)
MONDAY = date(2026, 3, 9)


def local(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, fold=fold), COPENHAGEN)


def test_a_day_has_its_spans_with_the_break_between() -> None:
    first, second = BYLIV.spans(MONDAY)
    assert tuple(first) == (local(MONDAY, 10), local(MONDAY, 11, 30))
    assert tuple(second) == (local(MONDAY, 12, 30), local(MONDAY, 14))
    assert first.start is not None
    assert first.start.tzinfo is UTC


@pytest.mark.parametrize(
    ("hour", "minute", "why"),
    [
        (9, 59, ClosedKind.BEFORE_HOURS),
        (10, 0, None),
        (11, 29, None),
        (11, 30, ClosedKind.BREAK),
        (12, 29, ClosedKind.BREAK),
        (12, 30, None),
        (14, 0, ClosedKind.AFTER_HOURS),
    ],
)
def test_it_says_why_it_is_closed(hour: int, minute: int, why: ClosedKind | None) -> None:
    at = local(MONDAY, hour, minute)
    assert BYLIV.is_open(at) == (why is None)
    assert BYLIV.why_closed(at) == (None if why is None else Closed(why))


def test_a_weekend_is_a_closed_day_and_the_next_opening_is_monday() -> None:
    saturday = local(date(2026, 3, 7), 12)
    assert BYLIV.why_closed(saturday) == Closed(ClosedKind.CLOSED_DAY)
    assert BYLIV.next_opening(saturday) == local(MONDAY, 10)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Nytårsdag"),
        (date(2026, 4, 2), "Skærtorsdag"),
        (date(2026, 4, 3), "Langfredag"),
        (date(2026, 4, 6), "Anden påskedag"),
        (date(2026, 5, 14), "Kristi himmelfartsdag"),
        (date(2023, 5, 5), "Store bededag"),
        (date(2026, 6, 5), "Grundlovsdag"),
        (date(2026, 12, 24), "Juleaftensdag"),
        (date(2026, 12, 31), "Nytårsaftensdag"),
    ],
)
def test_danish_holidays_close_without_being_typed(day: date, name: str) -> None:
    closed = BYLIV.why_closed(local(day, 10, 30))
    assert closed is not None
    assert (closed.kind, closed.detail.casefold()) == (ClosedKind.HOLIDAY, name.casefold())
    assert BYLIV.spans(day) == []


@pytest.mark.parametrize("day", [date(2024, 4, 26), date(2026, 5, 1)])
def test_days_that_are_holidays_no_longer_or_never_were_are_open(day: date) -> None:
    assert BYLIV.is_open(local(day, 10, 30))


def test_days_off_by_agreement_are_chosen_by_the_schedule() -> None:
    schedule = Schedule(BYLIV.weekly, optional_closings=frozenset({OptionalClosing.JULEAFTENSDAG}))
    assert schedule.is_open(local(date(2026, 6, 5), 10, 30))
    assert not schedule.is_open(local(date(2026, 12, 24), 10, 30))
    assert Schedule(BYLIV.weekly, closed_on_holidays=False).is_open(local(date(2026, 12, 24), 10, 30))


def test_an_exception_wins_over_weekly_hours_and_over_a_holiday() -> None:
    open_day = ExceptionDay(date(2026, 6, 5), ((time(9), time(12)),), "Halv dag")
    closed_day = ExceptionDay(MONDAY, (), "Personaledag")
    schedule = Schedule(BYLIV.weekly, (open_day, closed_day))
    assert schedule.is_open(local(date(2026, 6, 5), 9, 30))
    assert schedule.why_closed(local(date(2026, 6, 5), 13)) == Closed(ClosedKind.EXCEPTION, "Halv dag")
    assert schedule.why_closed(local(MONDAY, 10, 30)) == Closed(ClosedKind.EXCEPTION, "Personaledag")


def test_the_last_of_two_exceptions_for_a_day_holds() -> None:
    schedule = Schedule(BYLIV.weekly, (ExceptionDay(MONDAY), ExceptionDay(MONDAY, ((time(8), time(9)),))))
    assert schedule.is_open(local(MONDAY, 8, 30))


def test_weekly_hours_hold_only_while_they_are_valid() -> None:
    until, since = DateRange(None, date(2026, 3, 9)), DateRange(date(2026, 3, 9), None)
    schedule = Schedule((Weekly(0, time(9), time(12), until), Weekly(0, time(8), time(17), since)))
    assert not schedule.is_open(local(date(2026, 3, 2), 16))
    assert schedule.is_open(local(MONDAY, 16))


def test_the_night_when_the_clock_is_put_forward_has_an_hour_less() -> None:
    spring = date(2026, 3, 29)
    assert NIGHT_AND_DAY.open_seconds(local(spring, 0), local(spring + timedelta(days=1), 0)) == 23 * 3600
    schedule = Schedule((Weekly(6, time(2), time(2, 45)), Weekly(6, time(2, 30), time(4))))
    assert [tuple(span) for span in schedule.spans(spring)] == [(local(spring, 3), local(spring, 4))]
    assert Schedule((Weekly(6, time(2, 15), time(2, 45)),)).spans(spring) == []


def test_the_night_when_the_clock_is_put_back_has_an_hour_more() -> None:
    autumn = date(2026, 10, 25)
    assert NIGHT_AND_DAY.open_seconds(local(autumn, 0), local(autumn + timedelta(days=1), 0)) == 25 * 3600
    early, late = Schedule((Weekly(6, time(2), time(2, 30)),)), Schedule((Weekly(6, time(2, 30), time(3)),))
    assert early.open_seconds(local(autumn, 0), local(autumn, 6)) == 1800
    assert late.open_seconds(local(autumn, 0), local(autumn, 6)) == 5400
    assert late.is_open(local(autumn, 2, 10, fold=1))


def test_opening_at_the_same_time_on_the_wall_the_day_after_the_clock_changes() -> None:
    friday_evening = local(date(2026, 3, 27), 20)
    assert BYLIV.next_opening(friday_evening) == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_what_is_always_open_never_changes() -> None:
    assert NIGHT_AND_DAY.next_change(local(MONDAY, 5)) is None
    assert NIGHT_AND_DAY.next_opening(local(MONDAY, 5)) == local(MONDAY, 5)
    assert Schedule().next_opening(local(MONDAY, 5)) is None
    assert Schedule().next_change(local(MONDAY, 5)) is None


def test_hours_over_midnight_are_one_span_of_two_days() -> None:
    schedule = Schedule((Weekly(0, time(22), time(0)), Weekly(1, time(0), time(6))))
    assert schedule.next_change(local(MONDAY, 23)) == local(date(2026, 3, 10), 6)


@pytest.mark.parametrize(("weekday", "opens", "closes"), [(7, 9, 10), (-1, 9, 10), (0, 10, 10), (0, 10, 9), (0, 0, 0)])
def test_hours_that_make_no_sense_are_refused(weekday: int, opens: int, closes: int) -> None:
    if weekday == 0 and opens == closes == 0:
        assert Weekly(weekday, time(opens), time(closes)), "midnight to midnight is the whole day"
        return
    with pytest.raises(ValueError, match=r"weekday|not before"):
        Weekly(weekday, time(opens), time(closes))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        BYLIV.is_open(local(MONDAY, 10).replace(tzinfo=None))


# --- Laws --------------------------------------------------------------------------------------

hours = st.tuples(st.integers(0, 22), st.integers(0, 59), st.integers(1, 600))
# half of the days lie around the two nights when the clock changes
dates = st.one_of(
    st.dates(date(2026, 3, 26), date(2026, 4, 7)),
    st.dates(date(2026, 10, 22), date(2026, 10, 28)),
    st.dates(date(2025, 12, 20), date(2027, 1, 5)),
)
moments = st.builds(
    lambda day, seconds: datetime.combine(day, time(0), COPENHAGEN).astimezone(UTC) + timedelta(seconds=seconds),
    dates,
    st.integers(0, 86_399),
)


def span_of(hour: int, minute: int, length: int) -> tuple[time, time]:
    end = min(hour * 60 + minute + length, 24 * 60)
    return time(hour, minute), time(end // 60 % 24, end % 60)


spans = hours.map(lambda each: span_of(*each))
weeklies = st.builds(lambda day, span: Weekly(day, *span), st.integers(0, 6), spans)
exceptions = st.builds(ExceptionDay, dates, st.lists(spans, max_size=2).map(tuple), st.just("ændret"))
schedules = st.builds(
    Schedule,
    st.lists(weeklies, max_size=14).map(tuple),
    st.lists(exceptions, max_size=3).map(tuple),
    st.booleans(),
    st.frozensets(st.sampled_from(OptionalClosing)),
)


@given(schedules, moments)
def test_it_is_open_or_there_is_a_reason(schedule: Schedule, at: datetime) -> None:
    assert schedule.is_open(at) == (schedule.why_closed(at) is None)


@given(schedules, moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(schedule: Schedule, at: datetime) -> None:
    opening = schedule.next_opening(at)
    if opening is None:
        assert not schedule.is_open(at)
        return
    assert opening >= at
    assert schedule.is_open(opening)
    assert schedule.open_seconds(at, opening) == 0


@given(schedules, moments)
def test_the_next_change_turns_open_into_closed_and_back(schedule: Schedule, at: datetime) -> None:
    change = schedule.next_change(at)
    if change is None:
        return
    assert change > at
    assert schedule.is_open(change) != schedule.is_open(at)
    assert schedule.is_open(change - timedelta(microseconds=1)) == schedule.is_open(at)


@given(schedules, moments, moments, moments)
def test_open_time_adds_up(schedule: Schedule, a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    whole = schedule.open_seconds(a, c)
    assert whole == pytest.approx(schedule.open_seconds(a, b) + schedule.open_seconds(b, c))
    assert 0 <= whole <= (c - a).total_seconds()
    assert schedule.open_seconds(c, a) == 0


@given(schedules, dates, moments, moments)
def test_a_closing_day_never_makes_more_open_time_nor_an_earlier_opening(
    schedule: Schedule, day: date, a: datetime, b: datetime
) -> None:
    closed = Schedule(
        schedule.weekly,
        (*schedule.exceptions, ExceptionDay(day)),
        schedule.closed_on_holidays,
        schedule.optional_closings,
    )
    a, b = sorted((a, b))
    assert closed.open_seconds(a, b) <= schedule.open_seconds(a, b)
    before, after = schedule.next_opening(a), closed.next_opening(a)
    assert after is None or (before is not None and before <= after)


@given(schedules, dates)
def test_the_spans_of_days_are_apart_and_within_their_day(schedule: Schedule, day: date) -> None:
    found = schedule.spans(day)
    for span in found:
        assert span.start is not None
        assert span.end is not None
        assert span.start.astimezone(COPENHAGEN).date() == day
        assert (span.end - timedelta(microseconds=1)).astimezone(COPENHAGEN).date() == day
    for one, following in pairwise(found):
        assert one.end is not None
        assert following.start is not None
        assert one.end < following.start


@given(schedules, dates)
def test_the_open_time_of_a_day_is_that_of_its_spans(schedule: Schedule, day: date) -> None:
    midnight = datetime.combine(day, time(0), COPENHAGEN)
    next_midnight = datetime.combine(day + timedelta(days=1), time(0), COPENHAGEN)
    total = sum(span.seconds() for span in schedule.spans(day))
    assert schedule.open_seconds(midnight, next_midnight) == pytest.approx(total)


@given(schedules, moments, st.integers(0, 40 * 3600))
def test_after_open_seconds_is_the_first_moment_with_so_many_of_them(
    schedule: Schedule, at: datetime, seconds: int
) -> None:
    moment = schedule.after_open_seconds(at, seconds)
    if moment is None:
        assert schedule.open_seconds(at, at + timedelta(days=HORIZON_DAYS - 1)) < seconds
        return
    assert schedule.open_seconds(at, moment) == pytest.approx(seconds)
    if seconds:
        assert schedule.open_seconds(at, moment - timedelta(seconds=1)) < seconds
