"""How many people the forecast calls of queues need in each quarter of the days of a shift plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import assumptions, forecasts, targets
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import Numbers
from indgang.staffing.need import need
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import day_need

_DAY_SECONDS = 86_400.0


def take(
    plan: ShiftPlan, *, queues: Iterable[Queue], activity: ShiftActivity, workplace: Workplace, by: Person, at: datetime
) -> int:
    """Write what the forecast needs into a draft, from today on; how many days were changed. Raises RefusedChange."""
    chosen, first = list(queues), max(plan.first, day_of(at))
    if first > plan.last:
        raise RefusedChange({"": _("Planens dage er forbi.")})
    return day_need.set_need_by_day(
        plan, activity=activity, workplace=workplace, people=people_needed(chosen, first, plan.last),
        queues=[each.code for each in chosen], by=by, at=at,
    )  # fmt: skip


def people_needed(queues: Sequence[Queue], first: date, last: date) -> dict[date, list[float]]:
    """By day, the people in each quarter by the clock on the wall, so that each queue keeps its target.

    By Erlang A where a patience is assumed for the centre, else by Erlang C. The people serve all the queues: the real
    numbers of the queues are added, and the sum is rounded up. Breaks and absences come on top; the shift planner adds
    the breaks. Raises RefusedChange for a queue without a forecast of these days.
    """
    together = np.sum([_needed(each, first, last) for each in queues], axis=0)
    rounded = np.ceil(np.round(together, 6))
    return {first + timedelta(days=number): row.tolist() for number, row in enumerate(rounded)}


def _needed(queue: Queue, first: date, last: date) -> Numbers:
    """The real number of people for one queue, days by quarters."""
    stored = _forecast(queue, first, last)
    rows = slice((first - stored.first).days, (last - stored.first).days + 1)
    return people_for(queue, stored, first, forecasts.intervals(stored)[rows])


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
    return np.stack([found.seconds[(first + timedelta(days=number)).weekday()] for number in range(days)])


def _refused(text: str, named: Mapping[str, str]) -> RefusedChange:
    return RefusedChange({"queues": text % named})
