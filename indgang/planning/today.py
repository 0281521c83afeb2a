"""The rest of today's calls again, by what has come so far, and what that does to the need for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import call_history, forecasts, shift_need
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import today

#: roll-ups are counted every minute: a quarter is whole so long after its end
_WHOLE_AFTER = timedelta(minutes=3)
_DAY_SECONDS = 86_400.0
#: seconds of a call in a queue where nothing was measured yet; only its weight beside the other queues comes of it
_USUAL_HANDLING = 300.0
#: nobody knows the level of a day better than to a twentieth, whatever the past says
_LEAST_VARIANCE = 0.05**2


@dataclass(frozen=True)
class TodayAgain:
    """Calls of a centre's queues so far, by the forecast and as they came; calls that are still to come, as forecast
    and corrected by that; and for each quarter of the day by the clock on the wall, what the planned need for people on
    the phone is multiplied with."""

    expected: float
    came: float
    left: float
    left_again: float
    factors: tuple[float, ...]

    @property
    def is_other(self) -> bool:
        """Whether another whole number of calls is expected now."""
        return round(self.left) != round(self.left_again)

    @property
    def level(self) -> float:
        return self.left_again / self.left if self.left else 1.0


def again(centre: ContactCentre, at: datetime) -> TodayAgain | None:
    """None without a forecast of today for a call queue of the centre, and as long as no call was expected yet."""
    day, over = day_of(at), _quarters_over(at)
    counts, people = np.zeros(4), np.zeros((2, call_history.PER_DAY))
    for queue in Queue.objects.valid_on(day).filter(centre=centre, work=Queue.Work.CALL).select_related("centre"):
        stored = forecasts.newest(queue)
        number = -1 if stored is None else (day - stored.first).days
        if stored is None or not 0 <= number < len(stored.calls):
            continue
        calls, came = forecasts.intervals(stored)[number], call_history.of_day(queue, day)[:over]
        level = today.level(calls[:over], came, max(stored.variance[number], _LEAST_VARIANCE))
        left = float(calls[over:].sum())
        counts += (calls[:over].sum(), came.sum(), left, level * left)
        people += _people(queue, stored, calls, level, at)
    if not counts[0]:
        return None
    factors = np.divide(people[1], people[0], out=np.ones(call_history.PER_DAY), where=people[0] > 0)
    return TodayAgain(
        expected=float(counts[0]), came=float(counts[1]), left=float(counts[2]), left_again=float(counts[3]),
        factors=tuple(factors.tolist()),
    )  # fmt: skip


def _people(queue: Queue, stored: StoredForecast, calls: Numbers, level: float, at: datetime) -> Numbers:
    """The people who are needed for the calls as forecast, and as corrected. Where nothing was measured yet, as many as
    talk at the same time in calls of the usual length: the ratio of both is what counts."""
    both = np.stack([calls, level * calls])
    try:
        day = day_of(at)
        return np.concatenate([shift_need.people_for(queue, stored, day, each[None]) for each in both])
    except RefusedChange:
        return both * _USUAL_HANDLING * stored.per_day / _DAY_SECONDS


def _quarters_over(at: datetime) -> int:
    """How many quarters of the day, by the clock on the wall, are counted whole."""
    local = (at - _WHOLE_AFTER).astimezone(COPENHAGEN)
    return 0 if local.date() < day_of(at) else (local.hour * 60 + local.minute) // 15
