"""What stands in for a history: a counted week with its scaling stated, or a similar queue. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: what stands in weighs as much as so many counted days
WEIGHT_DAYS = 10.0
LARGEST_SCALING = 1_000.0


@dataclass(frozen=True)
class StandIn:
    """Expected calls of a full open day before anything was counted.

    `day_calls` is by weekday, `profile` the share of each interval (seven rows that sum to 1). `factor`, where a
    similar queue gives it, is the logarithm by which each day from `first` differs from its weekday. `says` is where it
    comes from, with the scaling.
    """

    day_calls: Numbers
    profile: Numbers
    says: str
    first: date | None = None
    factor: Numbers | None = None

    def logarithm(self, first: date, days: int) -> Numbers:
        """Of the expected calls of each day from `first`."""
        weekdays = (first.weekday() + np.arange(days)) % 7
        found = np.log(np.maximum(self.day_calls[weekdays], 1e-6))
        if self.first is not None and self.factor is not None and len(self.factor):
            place = np.clip(np.arange(days) + (first - self.first).days, 0, len(self.factor) - 1)
            found = found + self.factor[place]
        return np.asarray(found)


def from_counted_week(counts: Numbers, opened: Numbers, scaling: float, says: str) -> StandIn:
    """From the counts of one week, Monday first (seven rows), and how many times each interval was open then.

    `scaling` says what a usual week is beside the counted one: 1.2 when the counted week was quiet. A weekday that was
    closed, or not counted (NaN), takes the mean of the others.
    """
    if counts.shape != opened.shape or counts.shape[0] != 7:
        raise Impossible("a counted week has seven days, Monday first")
    if not 1 / LARGEST_SCALING <= scaling <= LARGEST_SCALING:
        raise Impossible(f"the scaling of a counted week is a factor of 0.001 to 1,000, not {scaling:g}")
    counted = (opened.sum(axis=1) > 0) & ~np.isnan(counts).any(axis=1)
    came = np.where(counted[:, None] & (opened > 0), counts, 0.0)
    if np.any(came < 0) or not came.sum():
        raise Impossible("a counted week has at least one call in opening hours, and no negative counts")
    seen = np.where(counted[:, None], opened, 0.0)
    together = came.sum(axis=0) / np.maximum(seen.sum(axis=0), 1e-9)
    mean = float(came.sum() / counted.sum())
    day_calls = np.where(counted, came.sum(axis=1), mean) * scaling
    own = np.where(seen > 0, came, together)
    mixed = (own + together) / np.maximum((own + together).sum(axis=1, keepdims=True), 1e-9)
    return StandIn(np.maximum(day_calls, mean * scaling / 100), mixed, says)
