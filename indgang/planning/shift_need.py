"""How many people the forecast of queues needs in each quarter of the days of a shift plan.

Calls need people when they come. What people write waits: it is done in the opening hours of its day. Time that is lost
(`NeedAddition`) is added where the planner asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.hours import schedule_of
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import assumptions, forecasts, targets
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.history import open_intervals
from indgang.staffing.need import need
from indgang.staffing.workload import in_opening_hours, with_losses
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import day_need
from indgang.workforce.shifts.need_sources import SICKNESS, DayNeed, NeedAddition, NeedSource

_DAY_SECONDS = 86_400.0
#: the assumption that says how long people work on what somebody has written: it is not measured
WRITTEN = "written"
#: what queues can need people for
WORKS = (Queue.Work.CALL, Queue.Work.WRITTEN)
#: assumptions about time that is lost, in percent
LOSSES = ("shrinkage", SICKNESS)


def first_day(plan: ShiftPlan, at: datetime) -> date:
    """The first day that can still get a need."""
    return max(plan.first, day_of(at))


def additions(centre: ContactCentre, day: date) -> list[NeedAddition]:
    """What can be added to the need of a centre: the shares that somebody has decided for the day."""
    decided = assumptions.on(day, centre)
    return [
        NeedAddition(code, float(decided[code].value), decided[code].source)
        for code in LOSSES
        if code in decided and decided[code].value
    ]


def take(
    plan: ShiftPlan, *, queues: Iterable[Queue], activity: ShiftActivity, workplace: Workplace,
    add: Collection[str] = (), by: Person, at: datetime,
) -> int:  # fmt: skip
    """Write what the forecast needs into a draft, from today on; how many days were changed.

    `add` are codes of `additions`. Raises RefusedChange.
    """
    chosen, first = list(queues), first_day(plan, at)
    if first > plan.last:
        raise RefusedChange({"": _("Planens dage er forbi.")})
    added = tuple(each for each in additions(plan.centre, first) if each.code in add)
    if len(added) < len(set(add)):
        raise RefusedChange({"add": _("Skriv først under Antagelser, hvor meget tid der går tabt.")})
    found = DayNeed(
        people_needed(chosen, first, plan.last, added), people_needed(chosen, first, plan.last) if added else {},
        NeedSource(tuple(sorted(each.code for each in chosen)), added, _is_whole(chosen)),
    )  # fmt: skip
    return day_need.set_need_by_day(plan, activity=activity, workplace=workplace, found=found, by=by, at=at)


def people_needed(
    queues: Sequence[Queue], first: date, last: date, added: Sequence[NeedAddition] = ()
) -> dict[date, list[float]]:
    """By day, the people in each quarter by the clock on the wall.

    For calls so many that each queue keeps its target: by Erlang A where a patience is assumed for the centre, else by
    Erlang C. For what is written so many that it is done in the opening hours. The people serve all the queues: the
    real numbers of the queues are added, and what is `added` is lost; the sum is rounded up as soon as there are calls.
    The shift planner adds the breaks. Raises RefusedChange for a queue without a forecast of these days.
    """
    together = np.asarray(np.sum([_needed(each, first, last) for each in queues], axis=0))
    rows = with_losses(together, [each.percent / 100 for each in added], is_whole=_is_whole(queues))
    return {first + timedelta(days=number): row.tolist() for number, row in enumerate(rows)}


def _is_whole(queues: Iterable[Queue]) -> bool:
    return any(each.work == Queue.Work.CALL for each in queues)


def _needed(queue: Queue, first: date, last: date) -> Numbers:
    """The real number of people for one queue, days by quarters."""
    stored = _forecast(queue, first, last)
    begin, end = (first - stored.first).days, (last - stored.first).days + 1
    coming = forecasts.intervals(stored)[:end]
    if queue.work == Queue.Work.WRITTEN:
        return _for_written(queue, stored, first, coming)[begin:]
    return people_for(queue, stored, first, coming[begin:])


def _for_written(queue: Queue, stored: StoredForecast, first: date, coming: Numbers) -> Numbers:
    """The people for what is written, from the first day of the forecast on: what comes on a closed day waits. How long
    people work on it is that of the `first` day that is needed."""
    assumed = assumptions.on(first, queue.centre).get(WRITTEN)
    if assumed is None:
        text = _("Skriv først under Antagelser, hvor længe en skriftlig henvendelse tager. Det bliver ikke målt.")
        raise RefusedChange({"queues": text})
    opened = open_intervals(schedule_of(queue.opening_hours), stored.first, len(coming), stored.per_day)
    return in_opening_hours(coming, opened) * float(assumed.value) / (_DAY_SECONDS / stored.per_day)


def people_for(queue: Queue, stored: StoredForecast, first: date, calls: Numbers) -> Numbers:
    """The real number of people for these calls of a queue, days from `first` by quarters. Raises RefusedChange."""
    handling = _handling(queue, stored, first, len(calls))
    loads = calls * handling / (_DAY_SECONDS / stored.per_day)
    assumed = assumptions.on(first, queue.centre).get("patience")
    patience = None if assumed is None else float(assumed.value)
    return np.asarray(need(loads, handling, targets.target_of(queue, first), patience).real)


def _forecast(queue: Queue, first: date, last: date) -> StoredForecast:
    stored = forecasts.newest(queue)
    if stored is None or first < stored.first:
        raise _refused(_("Der er ingen prognose for %(queue)s."), {"queue": queue.name})
    end = stored.first + timedelta(days=len(stored.calls) - 1)
    if last > end:
        text = _("Prognosen for %(queue)s slutter %(day)s, før planen slutter.")
        raise _refused(text, {"queue": queue.name, "day": f"{end:%d.%m.%Y}"})
    return stored


def _handling(queue: Queue, stored: StoredForecast, first: date, days: int) -> Numbers:
    """Seconds of a call, days by quarters."""
    found = forecasts.handling(queue, stored.first)
    if found is None:
        text = _("Der er ikke besvaret opkald i %(queue)s endnu, så vi ved ikke, hvor længe de tager.")
        raise _refused(text, {"queue": queue.name})
    return found.of_days(first, days).seconds


def _refused(text: str, named: Mapping[str, str]) -> RefusedChange:
    return RefusedChange({"queues": text % named})
