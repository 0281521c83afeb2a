"""How the calls of a day spread over its intervals, for each weekday. Pure.

A weekday with few calls borrows the shape of all days, and that one the shape that stands for it until calls were
counted: a similar queue's, a counted week's, or its own smoothed one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.erlang import Numbers

#: the shape of all days weighs as much as so many calls of the weekday itself
BORROWED_CALLS = 2_000.0
#: and the shape that stands in for it, as so many calls of all days
STOOD_IN_CALLS = 300.0
#: intervals on each side that the own smoothed shape takes in
_BESIDE = 2


def weekday_profile(
    counts: Numbers, opened: Numbers, weekdays: NDArray[np.int64], weights: Numbers,
    instead: Numbers | None = None,
) -> Numbers:  # fmt: skip
    """Seven rows that sum to 1: the share of each interval when all were open.

    `counts` and `opened` are days by intervals, `weights` says how much each day counts. `instead` is the profile
    (seven rows) that stands in until calls were counted.
    """
    per_day = counts.shape[1]
    ever = opened.sum(axis=0) > 0
    shape = _start(instead, ever, per_day)
    for _ in range(2):
        size = _full_days(counts, opened, shape[weekdays])
        seen = (weights * size)[:, None] * opened
        came = weights[:, None] * counts
        pooled = _pooled(came.sum(axis=0), seen.sum(axis=0), instead, ever)
        rows = [_row(came[weekdays == day].sum(axis=0), seen[weekdays == day].sum(axis=0), pooled[day])
                for day in range(7)]  # fmt: skip
        shape = _whole(np.stack(rows))
    return shape


def _start(instead: Numbers | None, ever: Numbers, per_day: int) -> Numbers:
    if instead is not None:
        return _whole(instead)
    flat = np.where(ever, 1.0, 0.0) if ever.any() else np.ones(per_day)
    return _whole(np.tile(flat, (7, 1)))


def _full_days(counts: Numbers, opened: Numbers, shapes: Numbers) -> Numbers:
    """The calls that each day would have had with all intervals open."""
    part = (shapes * opened).sum(axis=1)
    return np.asarray(np.where(part > 0, counts.sum(axis=1) / np.maximum(part, 1e-9), 0.0))


def _pooled(came: Numbers, seen: Numbers, instead: Numbers | None, ever: Numbers) -> Numbers:
    """Seven shapes that the weekdays borrow from."""
    if instead is not None:
        rows = [(came + STOOD_IN_CALLS * row) / (seen + STOOD_IN_CALLS) for row in _whole(instead)]
        return np.stack(rows)
    smooth = _smoothed(came) / np.maximum(_smoothed(seen), 1e-9)
    flat = np.where(ever, 1.0, 0.0) / max(float(ever.sum()), 1.0)
    smooth = np.where(_smoothed(seen) > 0, smooth, flat)
    return np.tile((came + STOOD_IN_CALLS * smooth) / (seen + STOOD_IN_CALLS), (7, 1))


def _row(came: Numbers, seen: Numbers, pooled: Numbers) -> Numbers:
    return np.asarray((came + BORROWED_CALLS * pooled) / (seen + BORROWED_CALLS))


def _smoothed(values: Numbers) -> Numbers:
    return np.convolve(values, np.ones(2 * _BESIDE + 1), mode="same")


def _whole(rows: Numbers) -> Numbers:
    """Rows that sum to 1; a row of nothing is flat."""
    sums = rows.sum(axis=1, keepdims=True)
    return np.asarray(np.where(sums > 0, rows / np.maximum(sums, 1e-300), 1.0 / rows.shape[1]))
