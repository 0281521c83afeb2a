"""Changes of opening hours. The past stays: a new week is valid from a day on, and the old one ends the day before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.models import OpenSpan, Schedule, ScheduleException, not_ended
from indgang.core import hours_text
from indgang.core.clock import day_of
from indgang.core.hours_text import MIDNIGHT
from indgang.core.refusals import RefusedChange

Spans = Sequence[tuple[time, time]]

#: one row without times means that the day is closed
_CLOSED: Sequence[tuple[time | None, time | None]] = ((None, None),)


def save(schedule: Schedule, *, by: Actor, at: datetime, copy_of: Schedule | None = None, **values: Any) -> Schedule:
    """Add or change the schedule itself (name, code, holidays). A new one may start as a copy of another one's week."""
    new = schedule._state.adding
    with transaction.atomic():
        changes.save(schedule, values, by=by, at=at)
        if new and copy_of is not None:
            OpenSpan.objects.bulk_create(
                OpenSpan(schedule=schedule, weekday=span.weekday, opens=span.opens, closes=span.closes)
                for span in copy_of.weekly.valid_on(day_of(at))
            )
    return schedule


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is planned: from `day` on the weekday has other hours than the day before; no spans: closed."""

    day: date
    weekday: int
    spans: tuple[tuple[time, time], ...]

    def __str__(self) -> str:
        hours = hours_text.write(self.spans) or _("lukket")
        return f"{WEEKDAYS[self.weekday]} {self.day:%d.%m.%Y}: {hours}"


class PlansInTheWay(RefusedChange):
    """The change would affect hours that are planned for later. `plans` lists them; the caller must say whether to keep
    them."""

    def __init__(self, plans: Sequence[Planned]) -> None:
        said = _("Senere er der allerede planlagt: %(plans)s. Vælg, hvad der skal ske med det.")
        super().__init__({"plans": said % {"plans": "; ".join(str(each) for each in plans)}})
        self.plans = list(plans)


def planned(schedule: Schedule, *, after: date) -> list[Planned]:
    """Changes of the week on later days than `after`, in order of day and weekday."""
    rows = list(schedule.weekly.all())
    days = {row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to is not None}
    return [
        Planned(day, weekday, _spans_of(rows, weekday, day))
        for day in sorted(day for day in days if day > after)
        for weekday in range(7)
        if _spans_of(rows, weekday, day) != _spans_of(rows, weekday, day - timedelta(days=1))
    ]


@transaction.atomic
def set_days(
    schedule: Schedule, week: Mapping[int, Spans], *, from_day: date, plans: str = "", by: Actor, at: datetime
) -> None:
    """Give weekdays (0 is Monday) new open spans from a day on; an empty list closes the weekday.

    A weekday that already has these spans on that day is left alone, together with later plans for it. For a weekday
    that changes, `plans` decides about changes planned for later: "keep" ends the new spans where those begin, "drop"
    removes them. Raises PlansInTheWay when there are some and `plans` is not given, RefusedChange for a day in the past
    or spans that overlap.
    """
    _refuse_past(from_day, at, "from_day")
    for weekday, spans in week.items():
        _check(spans, str(weekday))
    Schedule.objects.select_for_update().get(pk=schedule.pk)
    before = {weekday: _spans(schedule, weekday, from_day) for weekday in week}
    changed = {weekday: sorted(spans) for weekday, spans in week.items() if sorted(spans) != before[weekday]}
    later = [each for each in planned(schedule, after=from_day) if each.weekday in changed]
    if later and plans not in ("keep", "drop"):
        raise PlansInTheWay(later)
    for weekday, spans in changed.items():
        ends = [each.day for each in later if each.weekday == weekday]
        _replace(schedule, weekday, spans, from_day, min(ends) if ends and plans == "keep" else None)
    if changed:
        dropped = [f"{each.day.isoformat()} {each.weekday}: {_text(each.spans)}" for each in later if plans == "drop"]
        changes.record_change(
            "schedule.change_week",
            schedule,
            by=by,
            at=at,
            before={str(day): _text(before[day]) for day in sorted(changed)}
            | ({"planned": dropped} if dropped else {}),
            after={str(day): _text(spans) for day, spans in sorted(changed.items())} | {"from": from_day.isoformat()},
        )


def copy_day(
    schedule: Schedule, weekday: int, to: Iterable[int], *, from_day: date, plans: str = "", by: Actor, at: datetime
) -> None:
    """Give other weekdays the hours that `weekday` has on `from_day`. `plans` as for `set_days`."""
    spans = _spans(schedule, weekday, from_day)
    week = {each: spans for each in to if each != weekday}
    set_days(schedule, week, from_day=from_day, plans=plans, by=by, at=at)


@transaction.atomic
def set_exception(
    schedule: Schedule, day: date, spans: Spans, *, reason: str, replace: bool = False, by: Actor, at: datetime
) -> None:
    """Set an exception for one day: other spans, or none to close it.

    Raises RefusedChange when the day already has another exception, unless `replace` is set.
    """
    _refuse_past(day, at, "day")
    _check(spans, "spans")
    if not reason.strip():
        raise RefusedChange({"reason": _("Skriv, hvorfor dagen er anderledes. Det vises for medarbejderne.")})
    Schedule.objects.select_for_update().get(pk=schedule.pk)
    before = _exception_text(schedule, day)
    if before not in (None, f"{reason.strip()}: {_text(spans) or 'lukket'}") and not replace:
        said = _("Dagen er allerede anderledes: %(what)s. Sæt kryds nedenfor, hvis det skal erstattes.")
        raise RefusedChange({"day": said % {"what": before}})
    schedule.exceptions.filter(day=day).delete()
    ScheduleException.objects.bulk_create(
        ScheduleException(schedule=schedule, day=day, opens=opens, closes=closes, reason=reason.strip())
        for opens, closes in (spans or _CLOSED)
    )
    changes.record_change(
        "schedule.set_exception",
        schedule,
        by=by,
        at=at,
        before={day.isoformat(): before},
        after={day.isoformat(): _exception_text(schedule, day)},
    )


@transaction.atomic
def remove_exception(schedule: Schedule, day: date, *, by: Actor, at: datetime) -> None:
    """Remove the exception of a day, if there is one."""
    _refuse_past(day, at, "day")
    before = _exception_text(schedule, day)
    if schedule.exceptions.filter(day=day).delete()[0]:
        changes.record_change("schedule.remove_exception", schedule, by=by, at=at, before={day.isoformat(): before})


def _refuse_past(day: date, at: datetime, name: str) -> None:
    if day < day_of(at):
        raise RefusedChange({name: _("Dagen er passeret. Åbningstider kan kun ændres fra i dag eller senere.")})


def _check(spans: Spans, name: str) -> None:
    for opens, closes in spans:
        if closes != MIDNIGHT and opens >= closes:
            raise RefusedChange({name: _("Lukketiden skal være senere end åbningstiden.")})
    ordered = sorted(spans)
    for (_opens, closes), (opens, _closes) in pairwise(ordered):
        if closes == MIDNIGHT or opens < closes:
            raise RefusedChange({name: _("Tiderne overlapper hinanden.")})


def _spans(schedule: Schedule, weekday: int, day: date) -> list[tuple[time, time]]:
    rows = schedule.weekly.valid_on(day).filter(weekday=weekday).order_by("opens")
    return [(row.opens, row.closes) for row in rows]


def _spans_of(rows: Sequence[OpenSpan], weekday: int, day: date) -> tuple[tuple[time, time], ...]:
    return tuple(sorted((row.opens, row.closes) for row in rows if row.weekday == weekday and row.valid_on(day)))


def _replace(schedule: Schedule, weekday: int, spans: Spans, from_day: date, until: date | None) -> None:
    """Make the spans valid from a day until another; None: until further notice, which also drops later plans."""
    rows = schedule.weekly.filter(weekday=weekday)
    rows.filter(valid_from__gte=from_day, **({"valid_from__lt": until} if until else {})).delete()
    rows.filter(not_ended(from_day), valid_from__lt=from_day).update(valid_to=from_day)
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=schedule, weekday=weekday, opens=opens, closes=closes, valid_from=from_day, valid_to=until)
        for opens, closes in spans
    )


def _text(spans: Iterable[tuple[time, time]]) -> str:
    return ", ".join(hours_text.write([span]) for span in sorted(spans))


def _exception_text(schedule: Schedule, day: date) -> str | None:
    rows = list(schedule.exceptions.filter(day=day).order_by("opens"))
    if not rows:
        return None
    spans = _text((row.opens, row.closes) for row in rows if row.opens and row.closes)
    return f"{rows[0].reason}: {spans or 'lukket'}"
