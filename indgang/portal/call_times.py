"""The times within the opening hours at which the site offers a callback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule
from indgang.entry.models import Queue
from indgang.entry.setup import queue_terms
from indgang.entry.switchboard import plans
from indgang.portal.lines import time_of_day
from indgang.routing.centre.plan import CallbackRule

#: number of open days to choose among
DAYS = 5
STEP = timedelta(minutes=30)
#: number of days within which open days are looked for
_FURTHEST = timedelta(days=21)


def of_queue(queue: Queue) -> Callable[[date], CallbackRule]:
    """The callback rule of the queue on a day."""
    return lambda day: plans.callback_rule(queue_terms.on(queue, day))


def times(
    schedule: Schedule, rule_on: Callable[[date], CallbackRule], *, at: datetime
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The times to choose from, by day: [(day in words, [(ISO time, time in words)])]; one for each open half hour.

    `rule_on` returns the queue's callback rule on a day.
    """
    rule_of, moment = cache(rule_on), _next_step(at + STEP)
    days: dict[str, list[tuple[str, str]]] = {}
    while len(days) <= DAYS and moment < at + _FURTHEST:
        local = moment.astimezone(COPENHAGEN)
        if rule_of(local.date()).next_polite(moment) == moment and schedule.is_open(moment):
            day = capfirst(date_format(local, _("l j. F")))
            days.setdefault(day, []).append((moment.isoformat(), time_of_day(moment)))
        moment += STEP
    return list(days.items())[:DAYS]


def _next_step(at: datetime) -> datetime:
    return at.replace(minute=0 if at.minute < 30 else 30, second=0, microsecond=0) + STEP
