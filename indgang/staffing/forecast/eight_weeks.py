"""The mean of the last eight same weekdays: what a planner does by hand, and what every forecast must beat. Pure."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.history import History

WEEKS = 8


def mean_of_weekdays(history: History, opened: Numbers, first: date) -> Numbers:
    """Calls of each interval of the days from `first`, by days like `opened`.

    Closed, missing and excluded days do not count: the mean is of the last eight that are left. A weekday with none
    takes the mean of all weekdays' last eight. NaN where nothing was counted at all.
    """
    means = np.stack([_mean(history, day) for day in range(7)])
    means = np.where(np.isnan(means), _of_all(means), means)
    weekdays = np.array([(first + timedelta(days=number)).weekday() for number in range(len(opened))], dtype=int)
    return np.asarray(means[weekdays] * opened)


def _mean(history: History, weekday: int) -> Numbers:
    """Calls of each interval for one time that it is open; NaN where it never was."""
    of_day = np.flatnonzero(history.usable & (_weekdays(history) == weekday))[-WEEKS:]
    opened = history.open[of_day].sum(axis=0)
    came = np.where(history.open[of_day] > 0, history.counts[of_day], 0.0).sum(axis=0)
    return np.asarray(np.where(opened > 0, came / np.maximum(opened, 1e-9), np.nan))


def _of_all(means: Numbers) -> Numbers:
    known = (~np.isnan(means)).sum(axis=0)
    sums = np.nansum(means, axis=0)
    anything = known > 0
    overall = float(sums[anything].sum() / known[anything].sum()) if anything.any() else np.nan
    return np.asarray(np.where(anything, sums / np.maximum(known, 1), overall))


def _weekdays(history: History) -> NDArray[np.int64]:
    return np.asarray((history.first.weekday() + np.arange(history.days)) % 7, dtype=np.int64)
