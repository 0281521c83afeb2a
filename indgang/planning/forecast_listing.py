"""A forecast of a queue as plain values, for the API and the command: days and intervals with their ranges, what was
left out, and how forecasts did before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import isnan
from typing import Any

import numpy as np

from indgang.entry.models import Queue
from indgang.planning import forecast_intervals, forecasts
from indgang.planning.forecast_intervals import Band, ForecastIntervals
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.accuracy import HORIZONS, Accuracy


def as_data(stored: StoredForecast, *, skip: int = 0, days: int | None = None, minutes: int = 15) -> dict[str, Any]:
    """A forecast with intervals: `days` of its days after the first `skip`, or all of these.

    Calls of a day and of each interval with the ranges in which 80 and 95 of 100 lie, both ends included. Seconds of a
    call are None in intervals without expected calls. Raises ValueError for minutes not in
    `forecast_intervals.MINUTES`.
    """
    count = len(stored.calls)
    chosen = slice(min(skip, count), min(skip + days, count) if days else count)
    handled = forecasts.handling(stored.queue, stored.first)
    found = forecast_intervals.of_days(stored, chosen, minutes, handled)
    return {
        "queue": stored.queue.code, "made_on": stored.made_on.isoformat(), "interval_minutes": minutes,
        "handling_seconds": None if handled is None else round(handled.mean, 1),
        **stored.about, "measured": _measured(stored.about),
        "days": [
            _day(stored, number) | _intervals(found, row)
            for row, number in enumerate(range(chosen.start, chosen.stop))
        ],
        "accuracy": _accuracy(stored.queue),
    }  # fmt: skip


def _measured(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the same forecast would have said in the past, by days ahead."""
    return [
        {"days_ahead": list(ahead), **each} for ahead, each in zip(HORIZONS, about.get("measured", ()), strict=False)
    ]


def _day(stored: StoredForecast, number: int) -> dict[str, Any]:
    mean = stored.mean[number]
    return {
        "day": (stored.first + timedelta(days=number)).isoformat(), "calls": stored.calls[number],
        "mean_of_eight_weeks": None if isnan(mean) else mean,
        "range_80": [stored.low_80[number], stored.high_80[number]],
        "range_95": [stored.low_95[number], stored.high_95[number]],
    }  # fmt: skip


def _intervals(found: ForecastIntervals, row: int) -> dict[str, Any]:
    """One list for each value, with a place for each interval of the day from midnight."""
    is_open = found.calls[row] > 0
    return {
        "intervals": [round(float(each), 3) for each in found.calls[row]],
        "interval_ranges_80": _whole(found.narrow, row), "interval_ranges_95": _whole(found.wide, row),
        "interval_seconds": None if found.seconds is None else _where(is_open, found.seconds[row]),
        "interval_seconds_ranges_80": _ranges(is_open, found.seconds_narrow, row),
        "interval_seconds_ranges_95": _ranges(is_open, found.seconds_wide, row),
    }  # fmt: skip


def _whole(band: Band, row: int) -> list[list[int]]:
    low, high = band
    return [[int(least), int(most)] for least, most in zip(low[row], high[row], strict=True)]


def _where(is_open: Numbers, values: Numbers) -> list[float | None]:
    return [round(float(each), 1) if there else None for there, each in zip(is_open, values, strict=True)]


def _ranges(is_open: Numbers, band: Band | None, row: int) -> list[list[float] | None] | None:
    if band is None:
        return None
    rounded = np.round(np.stack([band[0][row], band[1][row]], axis=1), 1)
    return [each.tolist() if there else None for there, each in zip(is_open, rounded, strict=True)]


def _accuracy(queue: Queue) -> dict[str, Any]:
    """How all forecasts of the queue did by days ahead, and each of the newest: up to four weeks ahead together, and by
    days ahead."""
    newest = forecasts.judged(queue)
    by_horizon = forecasts.by_horizon([made for made, _together in newest])
    return {
        "by_days_ahead": _by_days_ahead(enumerate(forecasts.accuracies(queue))),
        "by_forecast": [
            {
                "made_on": made.made_on.isoformat(), **_accuracy_values(each),
                "by_days_ahead": _by_days_ahead(sorted(by_horizon[made.pk].items())),
            }
            for made, each in newest
        ],
    }  # fmt: skip


def _by_days_ahead(found: Iterable[tuple[int, Accuracy]]) -> list[dict[str, Any]]:
    return [{"days_ahead": list(HORIZONS[place]), **_accuracy_values(each)} for place, each in found]


def _accuracy_values(each: Accuracy) -> dict[str, Any]:
    error, mean_error = (None if value is None else round(value, 4) for value in (each.error, each.mean_error))
    return {
        "days": each.days, "error": error, "error_of_mean": mean_error, "days_within_80": each.in_narrow,
        "days_within_95": each.in_wide,
    }  # fmt: skip
