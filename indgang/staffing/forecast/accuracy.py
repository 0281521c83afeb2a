"""How well forecasts did, by how far ahead they looked, against the mean of the last eight same weekdays. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indgang.staffing.erlang import Numbers

#: the first and the last day ahead of each horizon; 1 is the day after the last one counted
HORIZONS: Sequence[tuple[int, int]] = ((1, 1), (2, 7), (8, 14), (15, 28), (29, 91), (92, 366))


def horizon_of(days_ahead: int) -> int:
    """The place in `HORIZONS`; days beyond the last belong to it."""
    return next((place for place, (_first, last) in enumerate(HORIZONS) if days_ahead <= last), len(HORIZONS) - 1)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Sums over days, so that those of many forecasts add up."""

    days: int = 0
    calls: float = 0.0
    off: float = 0.0
    """Calls by which the forecast was off, either way."""
    over: float = 0.0
    """Calls forecast less calls counted."""
    mean_off: float = 0.0
    """Calls by which the mean of eight weeks was off, on the days that had one."""
    in_narrow: int = 0
    in_wide: int = 0
    mean_calls: float = 0.0
    """Calls counted on those days."""

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(
            self.days + other.days, self.calls + other.calls, self.off + other.off, self.over + other.over,
            self.mean_off + other.mean_off, self.in_narrow + other.in_narrow, self.in_wide + other.in_wide,
            self.mean_calls + other.mean_calls,
        )  # fmt: skip

    @property
    def error(self) -> float | None:
        """Calls off as a share of the calls counted; None when none were."""
        return self.off / self.calls if self.calls else None

    @property
    def mean_error(self) -> float | None:
        """The same of the mean of eight weeks, on the days that had one."""
        return self.mean_off / self.mean_calls if self.mean_calls else None

    @property
    def bias(self) -> float | None:
        """Too many calls forecast, as a share of the calls counted."""
        return self.over / self.calls if self.calls else None

    @property
    def beside_mean(self) -> float | None:
        """The error over that of the mean of eight weeks: below 1 is better than it. None when that is never off."""
        return self.error / self.mean_error if self.error is not None and self.mean_error else None


def measure(
    counted: Numbers, forecast: Numbers, mean: Numbers, narrow: tuple[Numbers, Numbers], wide: tuple[Numbers, Numbers]
) -> Accuracy:
    """Of the days given; a day without a count (NaN) is left out."""
    known = ~np.isnan(counted)
    seen, has_mean = counted[known], known & ~np.isnan(mean)
    return Accuracy(
        int(known.sum()), float(seen.sum()), float(np.abs(seen - forecast[known]).sum()),
        float((forecast[known] - seen).sum()), float(np.abs(counted - mean)[has_mean].sum()),
        _inside(seen, narrow, known), _inside(seen, wide, known), float(counted[has_mean].sum()),
    )  # fmt: skip


def _inside(
    seen: Numbers, bounds: tuple[Numbers, Numbers], known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> int:
    return int(((bounds[0][known] <= seen) & (seen <= bounds[1][known])).sum())
