"""The forecasts of queues: made every night from what was counted before it, stored, and judged by what came.

Only the newest forecast of a queue keeps its intervals. The days of all are kept, so that each stays accountable.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy

from indgang.core.clock import day_of
from indgang.entry.models import Queue
from indgang.measures.period import Period
from indgang.measures.rollups import counting
from indgang.planning import call_history
from indgang.planning.models import (
    CallEvent,
    ForecastAccuracy,
    HistoryStandIn,
    JudgedDay,
    MovedService,
    StoredForecast,
)
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import bands
from indgang.staffing.forecast.accuracy import HORIZONS, Accuracy, measure
from indgang.staffing.forecast.cold_start import StandIn, from_counted_week
from indgang.staffing.forecast.events import ArrivingVolume, PlannedChanges, PlannedEvent
from indgang.staffing.forecast.forecaster import MOST_DAYS_AHEAD, Forecast, forecast
from indgang.staffing.forecast.handling import HandlingTimes, handling_times, variance_of_a_call
from indgang.staffing.forecast.history import History, open_intervals
from indgang.staffing.need import Impossible

#: days that the nightly forecast looks ahead
DAYS_AHEAD = 365
#: what a forecast holds of each of its days
_DAYS = ("calls", "mean", "low_80", "high_80", "low_95", "high_95", "variance")
#: horizons up to four weeks ahead
FOUR_WEEKS = 4
#: why there is no forecast
TOO_LITTLE = gettext_lazy(
    "Der er talt for få dage til en prognose. Den kræver 14 åbne dage, en talt uge eller en kø, der ligner."
)


def compute(queue: Queue, first: date, days: int = DAYS_AHEAD) -> Forecast:
    """The forecast of the days from `first`, from what was counted before. Raises `Impossible` when there is too
    little to go by."""
    past, known = _learned(queue, first)
    opened = open_intervals(call_history.opening(queue), first, days, call_history.PER_DAY)
    return forecast(past, opened, known, _stand_in(queue, first, days))


def _learned(queue: Queue, end: date) -> tuple[History, PlannedChanges]:
    """What was counted in a queue before a day, and what its planner knows of it."""
    judged = list(JudgedDay.objects.filter(queue=queue))
    known = _known(queue, {each.day: each.reason for each in judged if each.is_kept})
    left_out = {each.day: each.reason for each in judged if not each.is_kept}
    return call_history.history(queue, end).without(left_out), known


def _known(queue: Queue, kept: Mapping[date, str]) -> PlannedChanges:
    events = CallEvent.objects.of(queue)
    moves = MovedService.objects.filter(queue=queue)
    return PlannedChanges(
        [PlannedEvent(each.name.casefold(), each.first, each.last, 1 + each.percent / 100) for each in events],
        [ArrivingVolume(each.name, each.first, each.calls_a_year, each.ramp_days) for each in moves],
        kept,
    )


def _stand_in(queue: Queue, first: date, days: int) -> StandIn | None:
    row = HistoryStandIn.objects.filter(queue=queue).select_related("similar__centre").first()
    if row is None:
        return None
    if row.similar is None:
        return _counted_week(queue, row, first)
    past, known = _learned(row.similar, first)
    opened = open_intervals(call_history.opening(row.similar), first, days, call_history.PER_DAY)
    made = forecast(past, opened, known)
    assert made.fitted is not None
    return made.fitted.as_stand_in(float(row.scaling), past.days + days, row.source)


def _counted_week(queue: Queue, row: HistoryStandIn, first: date) -> StandIn:
    """The counted calls spread evenly over the open time of a usual week."""
    monday = first - timedelta(days=first.weekday())
    schedule = call_history.opening(queue)
    weeks = [open_intervals(schedule, monday + timedelta(weeks=number), 7, call_history.PER_DAY) for number in range(6)]
    opened = np.max(weeks, axis=0)
    shares = opened / np.maximum(opened.sum(axis=1, keepdims=True), 1e-9)
    return from_counted_week(np.asarray(row.week)[:, None] * shares, opened, float(row.scaling), row.source)


def handling(queue: Queue, end: date, instead: float | None = None) -> HandlingTimes | None:
    """How long calls take, by weekday and quarter; None when none was measured and nothing stands in."""
    measured = call_history.handling(queue, end)
    variance = variance_of_a_call(measured.calls, measured.seconds, measured.squares, measured.quarters)
    try:
        return handling_times(measured.calls, measured.seconds, instead, variance)
    except Impossible:
        return None


# --- Stored --------------------------------------------------------------------------------------


def preview(queue: Queue, today: date, days: int = DAYS_AHEAD) -> StoredForecast:
    """The forecast from today on as it would be stored, but not stored. Raises `Impossible`."""
    return StoredForecast(queue=queue, made_on=today, **_fields(compute(queue, today, days)))


@transaction.atomic
def store(queue: Queue, *, at: datetime) -> StoredForecast | str:
    """Make and store the forecast from today on, instead of one that was made today; or why there is none."""
    today = day_of(at)
    try:
        made = compute(queue, today)
    except Impossible as error:
        return str(error)
    StoredForecast.objects.filter(queue=queue, intervals__isnull=False).exclude(made_on=today).update(intervals=None)
    found, _created = StoredForecast.objects.update_or_create(queue=queue, made_on=today, defaults=_fields(made))
    return found


def _fields(made: Forecast) -> dict[str, Any]:
    narrow, wide = made.day_band(bands.NARROW), made.day_band(bands.WIDE)
    return {
        "first": made.first, "per_day": made.calls.shape[1], "calls": _rounded(made.day_calls),
        "mean": _rounded(made.mean.sum(axis=1)),
        "low_80": _whole(narrow[0]), "high_80": _whole(narrow[1]), "low_95": _whole(wide[0]),
        "high_95": _whole(wide[1]), "variance": _rounded(made.day_variance + made.within_day, 6),
        "intervals": zlib.compress(made.calls.astype(np.float32).tobytes()), "about": _about(made),
        "judged_until": made.first,
    }  # fmt: skip


def _about(made: Forecast) -> dict[str, Any]:
    return {
        "outliers": [
            {"day": each.day.isoformat(), "counted": each.counted, "expected": round(each.expected, 1)}
            for each in made.outliers
        ],
        "remarks": [
            {"kind": each.kind.value, "number": round(each.number, 1), "says": each.says} for each in made.remarks
        ],
        "weights": [round(each.weight, 2) for each in made.horizons],
        "measured": [
            {"days": each.accuracy.days, "error": each.accuracy.error, "mean_error": each.accuracy.mean_error}
            for each in made.horizons
        ],
    }


def _rounded(values: Numbers, places: int = 2) -> list[float]:
    return [round(float(each), places) for each in values]


def _whole(values: Numbers) -> list[int]:
    return [int(each) for each in values]


def newest(queue: Queue) -> StoredForecast | None:
    """The newest forecast with its intervals."""
    return StoredForecast.objects.filter(queue=queue, intervals__isnull=False).first()


def newest_of(queues: Collection[Queue]) -> dict[int, StoredForecast]:
    """The newest forecast of each queue, by its number, without intervals."""
    rows = StoredForecast.objects.filter(queue__in=queues, intervals__isnull=False)
    return {each.queue_id: each for each in rows.defer("intervals", "variance", "about")}


def intervals(stored: StoredForecast) -> Numbers:
    """Expected calls, days by intervals. The newest forecast of a queue has them, others raise ValueError."""
    if stored.intervals is None:
        raise ValueError("an earlier forecast keeps its days alone")
    numbers = np.frombuffer(zlib.decompress(bytes(stored.intervals)), dtype=np.float32)
    return numbers.reshape(-1, stored.per_day).astype(np.float64)


# --- Judged --------------------------------------------------------------------------------------


@transaction.atomic
def judge(queue: Queue, *, until: date) -> None:
    """Add the days before `until` that were counted since to the accuracy of every forecast of the queue. A day counts
    once."""
    waiting = [each for each in StoredForecast.objects.filter(queue=queue, judged_until__lt=until) if _lasts(each)]
    if not waiting:
        return
    came = call_history.counted(queue, min(each.judged_until for each in waiting), until)
    left_out = set(JudgedDay.objects.filter(queue=queue, is_kept=False).values_list("day", flat=True))
    for each in waiting:
        _judge(each, {day: calls for day, calls in came.items() if day not in left_out}, until)


def _lasts(stored: StoredForecast) -> bool:
    return stored.judged_until < stored.first + timedelta(days=len(stored.calls))


def _judge(stored: StoredForecast, came: Mapping[date, float], until: date) -> None:
    begin = (stored.judged_until - stored.first).days
    end = min((until - stored.first).days, len(stored.calls))
    for place, (first, last) in enumerate(HORIZONS):
        rows = slice(max(begin, first - 1), min(end, last))
        if rows.start < rows.stop:
            _add(stored, place, _accuracy(stored, came, rows))
    stored.judged_until = until
    stored.save(update_fields=["judged_until"])


def _accuracy(stored: StoredForecast, came: Mapping[date, float], rows: slice) -> Accuracy:
    days = [stored.first + timedelta(days=number) for number in range(rows.start, rows.stop)]
    seen = np.array([came.get(day, np.nan) for day in days])
    part = {
        name: np.array(getattr(stored, name)[rows], dtype=np.float64)
        for name in ("calls", "mean", "low_80", "high_80", "low_95", "high_95")
    }
    return measure(
        seen, part["calls"], part["mean"], (part["low_80"], part["high_80"]), (part["low_95"], part["high_95"])
    )


def _add(stored: StoredForecast, horizon: int, more: Accuracy) -> None:
    if not more.days:
        return
    row, _created = ForecastAccuracy.objects.get_or_create(forecast=stored, horizon=horizon)
    both = accuracy_of(row) + more
    for name in _SUMS:
        setattr(row, name, getattr(both, name))
    row.save()


_SUMS = ("days", "calls", "off", "over", "mean_off", "in_narrow", "in_wide", "mean_calls")


def accuracy_of(row: ForecastAccuracy) -> Accuracy:
    return Accuracy(**{name: getattr(row, name) for name in _SUMS})


def accuracies(queue: Queue) -> list[Accuracy]:
    """For each of `HORIZONS`, all forecasts of the queue together."""
    return accuracies_of([queue])[queue.pk]


def accuracies_of(queues: Collection[Queue]) -> dict[int, list[Accuracy]]:
    """The same for each of the queues, by its number."""
    found = {queue.pk: [Accuracy() for _ in HORIZONS] for queue in queues}
    summed = {f"all_{name}": Sum(name) for name in _SUMS}
    rows = ForecastAccuracy.objects.filter(forecast__queue__in=queues).order_by()
    sums: Iterable[Any] = rows.values_list("forecast__queue", "horizon").annotate(**summed)
    for queue, horizon, *of_it in sums:
        found[queue][horizon] = Accuracy(*of_it)
    return found


def judged(queue: Queue, most: int = 30) -> list[tuple[StoredForecast, Accuracy]]:
    """The newest forecasts of which days have come, with how each did up to four weeks ahead."""
    rows = ForecastAccuracy.objects.filter(forecast__queue=queue, horizon__lt=FOUR_WEEKS, days__gt=0)
    summed = {f"all_{name}": Sum(name) for name in _SUMS}
    sums: Any = rows.order_by("-forecast__made_on").values_list("forecast").annotate(**summed)
    found = [(key, Accuracy(*of_it)) for key, *of_it in sums[:most]]
    made = StoredForecast.objects.only("made_on", "queue").in_bulk([key for key, _accuracy in found])
    return [(made[key], accuracy) for key, accuracy in found]


def by_horizon(made: Iterable[StoredForecast]) -> dict[int, dict[int, Accuracy]]:
    """How each of these forecasts did so far, by its number and by the place in `HORIZONS`."""
    found: dict[int, dict[int, Accuracy]] = {}
    for row in ForecastAccuracy.objects.filter(forecast__in=made, days__gt=0):
        found.setdefault(row.forecast_id, {})[row.horizon] = accuracy_of(row)
    return found


def forget_days(queue: Queue, *, at: datetime) -> None:
    """Empty the days of forecasts that are judged to the last, and keep how well they did: a year of forecasts of a
    queue holds a million numbers that nobody reads again."""
    over = StoredForecast.objects.filter(
        queue=queue, calls__len__gt=0, first__lt=day_of(at) - timedelta(days=DAYS_AHEAD)
    ).values_list("pk", "first", "judged_until", "calls__len")
    done = [key for key, first, until, days in over if until >= first + timedelta(days=days)]
    StoredForecast.objects.filter(pk__in=done, intervals=None).update(**{name: [] for name in _DAYS})


# --- Every night ---------------------------------------------------------------------------------


def queues(at: datetime) -> QuerySet[Queue]:
    """The queues of today, of work of any kind."""
    return Queue.objects.valid_on(day_of(at)).select_related("centre__schedule", "schedule").order_by("code")


@transaction.atomic
def keep_current(queue: Queue, *, at: datetime) -> None:
    """Judge the forecasts of a queue by what came, and make today's; with too little to go by there is none. Raises
    NotCountedYet: a day that is counted in part would be judged once for all."""
    counting.refuse_uncounted(Period.day(day_of(at)).start)
    judge(queue, until=day_of(at))
    forget_days(queue, at=at)
    store(queue, at=at)


def last_day(first: date) -> date:
    """The last day that can be forecast from `first` on."""
    return first + timedelta(days=MOST_DAYS_AHEAD - 1)
