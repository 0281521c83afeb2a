"""How much of the model and how much of the mean of eight weeks, by what each would have said in the past. Pure.

The forecast is made again as of earlier days and held against what was counted since. For each horizon that gives the
weight of the model, the relative variance of a day, and the accuracy that can be expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast import bands, eight_weeks
from indgang.staffing.forecast.accuracy import HORIZONS, Accuracy, measure
from indgang.staffing.forecast.cold_start import StandIn
from indgang.staffing.forecast.fitting import Fitted, fit

#: the days before the end as of which forecasts are made again, and how far ahead each looks; not whole weeks apart,
#: so that the next day is not always the same weekday
ORIGINS: Sequence[tuple[int, int]] = (
    *((back, 28) for back in (1, 5, 9, 13, 18, 24, 30, 37, 44, 52)), (91, 91), (182, 182), (273, 273), (364, 364),
)  # fmt: skip
#: a forecast is made again only where so many days were counted before
LEAST_DAYS = 56
#: what is believed of a horizon before it was measured, and as how many measured days that counts
_WEIGHT, _BELIEVED_DAYS = 0.6, 10.0


@dataclass(frozen=True)
class Horizon:
    """What was measured of one horizon."""

    weight: float
    """Of the model, between 0 and 1; the rest is the mean of eight weeks."""
    variance: float | None
    """Relative, of a day; None when it was not measured."""
    within_day: float
    """Relative variance of an interval beyond that of its day."""
    accuracy: Accuracy


@dataclass(frozen=True)
class _Seen:
    """Days of one horizon as they were counted, and what was said of them."""

    counted: Numbers
    model: Numbers
    corrected: Numbers
    mean: Numbers


def horizons(fitted: Fitted, instead: StandIn | None = None) -> list[Horizon]:
    """One for each of `HORIZONS`. A horizon that cannot be measured yet takes over the weight of the one before."""
    found: list[list[_Seen]] = [[] for _ in HORIZONS]
    for place, seen in _again(fitted, instead):
        found[place].append(seen)
    measured: list[Horizon] = []
    for seen_there in found:
        before = measured[-1] if measured else Horizon(_WEIGHT, None, 0.0, Accuracy())
        measured.append(_measured(seen_there, before))
    return measured


def _again(fitted: Fitted, instead: StandIn | None) -> Iterator[tuple[int, _Seen]]:
    history = fitted.history
    for back, ahead in ORIGINS:
        end = history.end - timedelta(days=back)
        earlier = history.until(end)
        if earlier.days < LEAST_DAYS or earlier.usable.sum() < LEAST_DAYS // 2:
            continue
        days = min(back, ahead)
        rows = slice(earlier.days, earlier.days + days)
        opened = history.open[rows]
        then = fit(earlier, fitted.design, instead, fitted.level.law, fitted.days.dispersion)
        model, _variance = then.ahead(opened)
        said = (
            history.counts[rows],
            model,
            then.corrected_mean(opened),
            eight_weeks.mean_of_weekdays(earlier, opened, end),
        )
        for place, (first, last) in enumerate(HORIZONS):
            inside = np.flatnonzero(history.usable[rows])
            inside = inside[(inside + 1 >= first) & (inside + 1 <= last)]
            if inside.size:
                yield place, _Seen(*(each[inside] for each in said))


def _measured(seen: Sequence[_Seen], before: Horizon) -> Horizon:
    if not seen:
        return Horizon(before.weight, None, before.within_day, Accuracy())
    counted, model, corrected, mean = (
        np.concatenate([getattr(each, name) for each in seen]) for name in ("counted", "model", "corrected", "mean")
    )
    weight = _weight(counted, model, corrected)
    blended = mixed(model, corrected, weight)
    of_day, of_interval = _variance(counted.sum(axis=1), blended.sum(axis=1)), _variance(counted, blended)
    totals, spread = blended.sum(axis=1), np.full(len(blended), of_day)
    accuracy = measure(
        counted.sum(axis=1), totals, mean.sum(axis=1),
        bands.band(totals, spread, bands.NARROW), bands.band(totals, spread, bands.WIDE),
    )  # fmt: skip
    return Horizon(weight, of_day, max(of_interval - of_day, 0.0), accuracy)


def _weight(counted: Numbers, model: Numbers, corrected: Numbers) -> float:
    """The weight with the least squares over the intervals, in proportion to their calls, leaning to what is
    believed."""
    scale = np.maximum((model + corrected) / 2, 0.1)
    apart = model - corrected
    size = float((apart**2 / scale).sum())
    if size <= 0:
        return _WEIGHT
    best = float(((counted - corrected) * apart / scale).sum()) / size
    days = len(counted)
    return float(np.clip((days * best + _BELIEVED_DAYS * _WEIGHT) / (days + _BELIEVED_DAYS), 0.0, 1.0))


def mixed(model: Numbers, corrected: Numbers, weight: float | Numbers) -> Numbers:
    """The blend; the model alone where there is no mean."""
    return np.asarray(np.where(np.isnan(corrected), model, weight * model + (1 - weight) * np.nan_to_num(corrected)))


def _variance(counted: Numbers, said: Numbers) -> float:
    """Relative, beyond that of counting."""
    size = float((said**2).sum())
    return max(float(((counted - said) ** 2 - said).sum()) / size, 0.0) if size else 0.0


def spread_of(horizon: Horizon, in_theory: Numbers) -> Numbers:
    """The relative variance of days: what was measured, leaning to what the level's law says."""
    if horizon.variance is None:
        return in_theory
    days = horizon.accuracy.days
    return np.asarray((days * horizon.variance + _BELIEVED_DAYS * in_theory) / (days + _BELIEVED_DAYS))
