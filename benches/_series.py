"""Series of calls that the bench of forecasts is measured on, made without a line of the forecast's own code.

The season is a bump in January and a dip in July, holidays are the calendar's, and the first working days of a month
and the day after a holiday are busier. The level wanders by a noise with memory. A forecast knows none of these shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
FIRST = date(2024, 1, 1)
OPENS, CLOSES = 16, 34
"""Half-hours: from 8 to 17."""


@dataclass(frozen=True)
class MadeSeries:
    """Counts of 48 half-hours a day, when it was open, and the intensity that the counts were drawn from."""

    first: date
    counts: Numbers
    open: Numbers
    intensity: Numbers
    """With the day's own noise, which no forecast can know."""
    usual: Numbers
    """Without it."""


def made(days: int, calls_a_day: float, seed: int, noise: float = 0.06) -> MadeSeries:
    """`noise` is the deviation of the level, of which 0.7 is left the next day."""
    random = np.random.default_rng(seed)
    dates = [FIRST + timedelta(days=number) for number in range(days)]
    opened = np.zeros((days, 48))
    opened[[each.weekday() < 5 and not _is_off(each) for each in dates], OPENS:CLOSES] = 1.0
    usual = calls_a_day * np.array([_factor(each) for each in dates])[:, None] * _shapes(dates) * opened
    level = np.zeros(days)
    for number in range(1, days):
        level[number] = 0.7 * level[number - 1] + noise * np.sqrt(1 - 0.49) * random.standard_normal()
    intensity = usual * np.exp(level - noise**2 / 2)[:, None]
    return MadeSeries(FIRST, random.poisson(intensity).astype(np.float64), opened, intensity, usual)


def _is_off(day: date) -> bool:
    return day in _days_off(day.year)


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", years=year))


def _factor(day: date) -> float:
    turn = day.timetuple().tm_yday
    season = 1 - 0.25 * np.exp(-(((turn - 200) / 18) ** 2)) + 0.12 * np.exp(-(((turn - 15) / 20) ** 2))
    weekday = (1.2, 1.05, 0.98, 0.95, 0.82, 0, 0)[day.weekday()]
    working = sum(1 for number in range(day.day) if _works(day - timedelta(days=number)))
    month = 1.15 if working <= 2 else 1.0
    after = 1.2 if _is_off(day - timedelta(days=1)) else 1.0
    return float(season * weekday * month * after)


def _works(day: date) -> bool:
    return day.weekday() < 5 and not _is_off(day)


def _shapes(dates: list[date]) -> Numbers:
    """Two humps, the second lower on Fridays."""
    hours = np.arange(48) / 2
    rows = []
    for day in range(7):
        second = 0.35 if day == 4 else 0.7
        rows.append(np.exp(-(((hours - 10) / 1.7) ** 2)) + second * np.exp(-(((hours - 13.5) / 2) ** 2)) + 0.05)
    shapes = np.array([row * (np.arange(48) >= OPENS) * (np.arange(48) < CLOSES) for row in rows])
    shapes /= shapes.sum(axis=1, keepdims=True)
    return np.asarray(shapes[[each.weekday() for each in dates]])
