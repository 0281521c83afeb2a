"""Changing opening hours. The past stays: a new week holds from a day on, and the old one ends the day before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.changes import RefusedChange
from indgang.catalogue.models import OpenSpan, Schedule, ScheduleException
from indgang.core.clock import day_of

Spans = Sequence[tuple[time, time]]

#: one row without times says that the day is closed
_CLOSED: Sequence[tuple[time | None, time | None]] = ((None, None),)


def save(schedule: Schedule, *, by: Actor, at: datetime, copy_of: Schedule | None = None, **values: Any) -> Schedule:
    """Add or change the schedule itself (name, code, holidays). A new one may begin with the week of another."""
    new = schedule._state.adding
    with transaction.atomic():
        changes.save(schedule, values, by=by, at=at)
        if new and copy_of is not None:
            OpenSpan.objects.bulk_create(
                OpenSpan(schedule=schedule, weekday=span.weekday, opens=span.opens, closes=span.closes)
                for span in copy_of.weekly.valid_on(day_of(at))
            )
    return schedule


@transaction.atomic
def set_days(schedule: Schedule, week: Mapping[int, Spans], *, from_day: date, by: Actor, at: datetime) -> None:
    """Give weekdays (0 is Monday) new open spans from a day on; an empty list closes the weekday.

    Changes planned for later days are replaced. Raises RefusedChange for a day in the past or spans that overlap.
    """
    _refuse_past(from_day, at, "from_day")
    for weekday, spans in week.items():
        _check(spans, str(weekday))
    Schedule.objects.select_for_update().get(pk=schedule.pk)
    before = {str(weekday): _text(_spans(schedule, weekday, from_day)) for weekday in sorted(week)}
    after = {str(weekday): _text(spans) for weekday, spans in sorted(week.items())}
    for weekday, spans in week.items():
        if before[str(weekday)] != after[str(weekday)] or _planned(schedule, weekday, from_day):
            _replace(schedule, weekday, spans, from_day)
    if before != after:
        after["from"] = from_day.isoformat()
        changes.tell("schedule.change_week", schedule, by=by, at=at, before=before, after=after)


def copy_day(schedule: Schedule, weekday: int, to: Iterable[int], *, from_day: date, by: Actor, at: datetime) -> None:
    """Give other weekdays the hours that `weekday` has on `from_day`."""
    spans = _spans(schedule, weekday, from_day)
    set_days(schedule, {each: spans for each in to if each != weekday}, from_day=from_day, by=by, at=at)


@transaction.atomic
def set_exception(schedule: Schedule, day: date, spans: Spans, *, reason: str, by: Actor, at: datetime) -> None:
    """Let one day differ: other spans, or none to close it. Replaces what was said of the day before."""
    _refuse_past(day, at, "day")
    _check(spans, "spans")
    if not reason.strip():
        raise RefusedChange({"reason": _("Skriv, hvorfor dagen er anderledes. Det vises for medarbejderne.")})
    Schedule.objects.select_for_update().get(pk=schedule.pk)
    before = _exception_text(schedule, day)
    schedule.exceptions.filter(day=day).delete()
    ScheduleException.objects.bulk_create(
        ScheduleException(schedule=schedule, day=day, opens=opens, closes=closes, reason=reason.strip())
        for opens, closes in (spans or _CLOSED)
    )
    changes.tell(
        "schedule.set_exception",
        schedule,
        by=by,
        at=at,
        before={day.isoformat(): before},
        after={day.isoformat(): _exception_text(schedule, day)},
    )


@transaction.atomic
def remove_exception(schedule: Schedule, day: date, *, by: Actor, at: datetime) -> None:
    """Let the day be as the week says. Nothing happens when it is already."""
    _refuse_past(day, at, "day")
    before = _exception_text(schedule, day)
    if schedule.exceptions.filter(day=day).delete()[0]:
        changes.tell("schedule.remove_exception", schedule, by=by, at=at, before={day.isoformat(): before})


def _refuse_past(day: date, at: datetime, name: str) -> None:
    if day < day_of(at):
        raise RefusedChange({name: _("Dagen er gået. Åbningstider ændres fra i dag eller senere.")})


def _check(spans: Spans, name: str) -> None:
    for opens, closes in spans:
        if opens >= closes:
            raise RefusedChange({name: _("Der skal lukkes senere, end der åbnes.")})
    ordered = sorted(spans)
    for (_opens, closes), (opens, _closes) in pairwise(ordered):
        if opens < closes:
            raise RefusedChange({name: _("Tiderne overlapper hinanden.")})


def _spans(schedule: Schedule, weekday: int, day: date) -> list[tuple[time, time]]:
    rows = schedule.weekly.valid_on(day).filter(weekday=weekday).order_by("opens")
    return [(row.opens, row.closes) for row in rows]


def _planned(schedule: Schedule, weekday: int, after: date) -> bool:
    """Whether the weekday changes later than `after`."""
    later = Q(valid_from__gt=after) | Q(valid_to__gt=after)
    return bool(schedule.weekly.filter(later, weekday=weekday).exists())


def _replace(schedule: Schedule, weekday: int, spans: Spans, from_day: date) -> None:
    rows = schedule.weekly.filter(weekday=weekday)
    rows.filter(valid_from__gte=from_day).delete()
    rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=from_day)).update(valid_to=from_day)
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=schedule, weekday=weekday, opens=opens, closes=closes, valid_from=from_day)
        for opens, closes in spans
    )


def _text(spans: Iterable[tuple[time, time]]) -> str:
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in sorted(spans))


def _exception_text(schedule: Schedule, day: date) -> str | None:
    rows = list(schedule.exceptions.filter(day=day).order_by("opens"))
    if not rows:
        return None
    spans = _text((row.opens, row.closes) for row in rows if row.opens and row.closes)
    return f"{rows[0].reason}: {spans or 'lukket'}"
