"""How far the last days were off, and how long that lasts. Pure.

The logarithm of counted over expected is a level that is lost by a constant share a day, plus the noise of counting.
A Kalman filter follows the level; the share and its size are those that make the past most likely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indgang.staffing.erlang import Numbers

#: what is left of a level on the next day, and its deviation, of which the likeliest pair is taken
_LEFT = np.array([0.3, 0.5, 0.65, 0.75, 0.84, 0.9, 0.94, 0.965, 0.98, 0.99, 0.995])
_SIZES = np.array([0.01, 0.025, 0.05, 0.08, 0.12, 0.18, 0.27, 0.4])


@dataclass(frozen=True, slots=True)
class LevelLaw:
    """`left` of a level is there after a day; over the years its deviation is `size`. `noise` is the deviation of a day
    of its own, beside that of counting."""

    left: float
    size: float
    noise: float


@dataclass(frozen=True, slots=True)
class DayLevel:
    """The level on the last day, as a logarithm, with its variance."""

    law: LevelLaw
    value: float
    variance: float

    def ahead(self, days: Numbers) -> tuple[Numbers, Numbers]:
        """The expected level so many days later, and the variance of a day there."""
        left = self.law.left**days
        drift = self.law.size**2 * (1 - left**2)
        return left * self.value, left**2 * self.variance + drift + self.law.noise**2


def residuals(counted: Numbers, expected: Numbers) -> tuple[Numbers, Numbers]:
    """The logarithm of counted over expected calls of each day, and the variance that counting gives it."""
    return np.log((counted + 0.5) / (expected + 0.5)), 1 / (expected + 0.5)


def likeliest(residual: Numbers, variance: Numbers) -> LevelLaw:
    """The law that fits the residuals of all days in order; NaN is a day without one."""
    known = residual[~np.isnan(residual)]
    if known.size < 10:
        return LevelLaw(0.9, 0.1, 0.05)
    best, found = -np.inf, LevelLaw(0.9, 0.1, 0.05)
    spread = max(float(np.var(known) - np.mean(variance[~np.isnan(residual)])), 0.0)
    left, size = (each.ravel() for each in np.meshgrid(_LEFT, _SIZES))
    for noise in sorted({0.01, 0.03, 0.06, 0.1, round(float(np.sqrt(spread / 2)), 3)}):
        chance = _likelihood(residual, variance + noise**2, left, size)
        place = int(np.argmax(chance))
        if chance[place] > best:
            best, found = float(chance[place]), LevelLaw(float(left[place]), float(size[place]), noise)
    return found


def _likelihood(residual: Numbers, variance: Numbers, left: Numbers, size: Numbers) -> Numbers:
    """The logarithm of the likelihood under each law at once, with a weak leaning to small sizes."""
    value, doubt = np.zeros_like(left), size**2
    chance = -((size / 0.3) ** 2) / 2
    for seen, noise in zip(residual, variance, strict=True):
        value, doubt = left * value, left**2 * doubt + size**2 * (1 - left**2)
        if np.isnan(seen):
            continue
        total = doubt + noise
        off = seen - value
        chance = chance - 0.5 * (np.log(total) + off**2 / total)
        gain = doubt / total
        value, doubt = value + gain * off, doubt * (1 - gain)
    return chance


def follow(residual: Numbers, variance: Numbers, law: LevelLaw) -> DayLevel:
    """The level after the last day."""
    value, doubt = 0.0, law.size**2
    for seen, noise in zip(residual.tolist(), variance.tolist(), strict=True):
        value, doubt = law.left * value, law.left**2 * doubt + law.size**2 * (1 - law.left**2)
        if seen == seen:
            gain = doubt / (doubt + noise + law.noise**2)
            value, doubt = value + gain * (seen - value), doubt * (1 - gain)
    return DayLevel(law, value, doubt)
