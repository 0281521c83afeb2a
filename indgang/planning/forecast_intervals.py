"""What a forecast expects of each quarter or half of an hour: calls and how long one takes, with their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from indgang.planning import forecasts
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import bands
from indgang.staffing.forecast.handling import HandlingTimes

#: minutes of an interval that can be asked for
MINUTES = (15, 30)

Band = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class ForecastIntervals:
    """Arrays of days by intervals; times are seconds of a call, talk, hold and after-call work together.

    The times are None where no call was handled yet, and their ranges when too few were to know how much they vary.
    """

    calls: Numbers
    narrow: Band
    wide: Band
    seconds: Numbers | None = None
    seconds_narrow: Band | None = None
    seconds_wide: Band | None = None


def of_days(
    stored: StoredForecast, chosen: slice, minutes: int, handled: HandlingTimes | None
) -> ForecastIntervals:  # fmt: skip
    """Of some days of a forecast that has its intervals. `handled` is `forecasts.handling` of its queue on its first
    day. Raises ValueError for minutes that are not in `MINUTES`."""
    if minutes not in MINUTES:
        raise ValueError(f"an interval has {' or '.join(map(str, MINUTES))} minutes, not {minutes}")
    quarters = forecasts.intervals(stored)[chosen]
    together = minutes * stored.per_day // 1440
    calls = quarters.reshape(len(quarters), -1, together).sum(axis=2)
    spread = np.asarray(stored.variance[chosen], dtype=np.float64)[:, None]
    narrow, wide = (bands.band(calls, spread, share) for share in (bands.NARROW, bands.WIDE))
    if handled is None:
        return ForecastIntervals(calls, narrow, wide)
    first = stored.first + timedelta(days=chosen.start or 0)
    times = handled.of_days(first, len(quarters)).joined(quarters, together)
    return ForecastIntervals(
        calls, narrow, wide, times.seconds, times.band(calls, bands.NARROW), times.band(calls, bands.WIDE)
    )
