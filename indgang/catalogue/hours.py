"""Opening hours for the rest of the product: turns stored rows into `core.schedule` values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indgang.catalogue.models import OpenSpan, Schedule, ScheduleException
from indgang.core import schedule as core_schedule
from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import DateRange
from indgang.core.schedule import Closed, ClosedKind, ExceptionDay, OptionalClosing, Weekly


def schedule_of(which: Schedule | str) -> core_schedule.Schedule:
    """The opening hours of a row or a code, as a value. Raises Schedule.DoesNotExist for an unknown code."""
    row = Schedule.objects.get(code=which) if isinstance(which, str) else which
    return _value(row, row.weekly.all(), row.exceptions.all())


def all_schedules() -> dict[str, core_schedule.Schedule]:
    """Every schedule as a value, by code, in three queries."""
    rows = Schedule.objects.prefetch_related("weekly", "exceptions")
    return {row.code: schedule_of(row) for row in rows}


def _value(
    row: Schedule, weekly: Iterable[OpenSpan], exceptions: Iterable[ScheduleException]
) -> core_schedule.Schedule:
    return core_schedule.Schedule(
        weekly=tuple(
            Weekly(span.weekday, span.opens, span.closes, DateRange(span.valid_from, span.valid_to)) for span in weekly
        ),
        exceptions=_exception_days(exceptions),
        closed_on_holidays=row.closed_on_holidays,
        optional_closings=frozenset(OptionalClosing) if row.closed_on_optional_holidays else frozenset(),
    )


def _exception_days(rows: Iterable[ScheduleException]) -> tuple[ExceptionDay, ...]:
    spans: dict[date, list[tuple[time, time]]] = defaultdict(list)
    reasons: dict[date, str] = {}
    for row in rows:
        reasons[row.day] = row.reason
        if row.opens is not None and row.closes is not None:
            spans[row.day].append((row.opens, row.closes))
    return tuple(ExceptionDay(day, tuple(sorted(spans[day])), reason) for day, reason in sorted(reasons.items()))


@dataclass(frozen=True, slots=True)
class Day:
    """One day: the open spans in Danish time, and the reason why the day is special (empty on an ordinary day)."""

    date: date
    spans: tuple[tuple[time, time], ...]
    remark: str
    special: bool


def days(schedule: core_schedule.Schedule, first: date, count: int = 14) -> list[Day]:
    """`count` days from `first`."""
    return [_day(schedule, first + timedelta(days=number)) for number in range(count)]


def _day(schedule: core_schedule.Schedule, day: date) -> Day:
    spans = tuple(
        (span.start.astimezone(COPENHAGEN).time(), span.end.astimezone(COPENHAGEN).time())
        for span in schedule.spans(day)
        if span.start is not None and span.end is not None
    )
    exception = next((each for each in reversed(schedule.exceptions) if each.date == day), None)
    if exception is not None:
        return Day(day, spans, exception.reason, special=True)
    holiday = schedule.holiday(day)
    return Day(day, spans, holiday or ("" if spans else _("Lukket")), special=bool(holiday))


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether it is open at a moment, until when that holds (None: as far as the schedule is searched), and why it is
    closed."""

    is_open: bool
    until: datetime | None
    why: Closed | None

    @property
    def sentence(self) -> str:
        """A sentence for people that says why it is closed; empty when it is open."""
        if self.why is None:
            return ""
        if self.why.kind in (ClosedKind.HOLIDAY, ClosedKind.EXCEPTION):
            return self.why.detail
        return {
            ClosedKind.BEFORE_HOURS: _("Ikke åbnet endnu i dag"),
            ClosedKind.AFTER_HOURS: _("Lukket for i dag"),
            ClosedKind.BREAK: pgettext("opening hours", "Pause"),
            ClosedKind.CLOSED_DAY: _("Lukket hele dagen"),
        }[self.why.kind]

    @property
    def closed_words(self) -> str:
        """A short text that says that it is closed and why; empty when it is open."""
        if self.why is None or self.why.kind in (
            ClosedKind.BEFORE_HOURS, ClosedKind.AFTER_HOURS, ClosedKind.CLOSED_DAY
        ):  # fmt: skip
            return self.sentence
        return _("Lukket: %(why)s") % {"why": self.sentence}


def opening(schedule: core_schedule.Schedule, at: datetime) -> Opening:
    """The state at a moment."""
    return Opening(schedule.is_open(at), schedule.next_change(at), schedule.why_closed(at))
