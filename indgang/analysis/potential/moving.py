"""How much moves, with an interval: what a what-if and a business case take from a potential. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.counting.scaling import ScaledDays, interval_of_sum, share_interval_of_sum
from indgang.analysis.potential.results import Potential, UnitPotential
from indgang.analysis.potential.rules import FutureChannel

Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MovingNumber:
    """A value, and between what it lies with 95 percent confidence; None where nothing says how the days differ."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class MovingNumbers:
    """In a year: enquiries that case workers resolve today (`workers`), those of them that move away, those that the
    website could answer. `moved_share` is of what case workers resolve, `digital_share` of all, and so is
    `movable_share`: what the website or a contact centre could answer."""

    workers: MovingNumber
    moved: MovingNumber
    digital: MovingNumber
    moved_share: MovingNumber
    digital_share: MovingNumber
    movable_share: MovingNumber


def numbers(found: Potential, unit: int | None = None) -> MovingNumbers:
    """The numbers of a unit by its place, or of all."""
    row, days = _row(found, unit), _Days(found, unit)
    return MovingNumbers(
        days.year(row.case_workers, days.workers), days.year(row.moved, days.moved),
        days.year(row.digital, days.digital), days.share(row.moved, row.case_workers, days.moved, days.workers),
        days.share(row.digital, row.total, days.digital, days.all),
        days.share(row.digital + row.contact_centre, row.future_total, days.movable, days.all),
    )  # fmt: skip


def _row(found: Potential, unit: int | None) -> UnitPotential:
    if unit is None:
        return found.table[-1]
    return next(each for each in found.table if not each.is_total and each.unit == found.rows.units[unit])


class _Days:
    """Counted enquiries of each day; of several counts with days of their own, those of each."""

    def __init__(self, found: Potential, unit: int | None) -> None:
        units = range(len(found.rows.units)) if unit is None else [unit]
        counts = found.day_counts(list(units))

        def days(of: Callable[[Days], Days]) -> list[ScaledDays]:
            return [ScaledDays(of(each).tolist(), factor) for each, factor in counts]

        worker, digital = found.rules_of(FutureChannel.CASE_WORKER), found.rules_of(FutureChannel.DIGITAL)
        self.all = days(lambda each: each.sum(axis=(1, 2)))
        self.workers = days(lambda each: each[:, :3].sum(axis=(1, 2)))
        self.moved = days(lambda each: each[:, :3].sum(axis=(1, 2)) - each[:, :, worker].sum(axis=(1, 2)))
        self.digital = days(lambda each: each[:, :, digital].sum(axis=(1, 2)))
        self.movable = days(lambda each: each.sum(axis=(1, 2)) - each[:, :, worker].sum(axis=(1, 2)))
        self.step = found.step

    def year(self, value: float, days: Sequence[ScaledDays]) -> MovingNumber:
        """Days on which more come back than go have no interval."""
        are_fewer = sum(sum(each.by_day) * each.factor for each in days) < 0
        return _around(value, None if are_fewer else interval_of_sum(days, self.step))

    def share(
        self, part: float, whole: float, parts: Sequence[ScaledDays], wholes: Sequence[ScaledDays]
    ) -> MovingNumber:  # fmt: skip
        value = min(max(part / whole, 0.0), 1.0) if whole else 0.0
        return _around(round(value, 4), share_interval_of_sum(parts, wholes))


def _around(value: float, bounds: tuple[float, float] | None) -> MovingNumber:
    """The value is rounded, so that it may lie a little beside its bounds."""
    if bounds is None:
        return MovingNumber(value)
    return MovingNumber(value, min(bounds[0], value), max(bounds[1], value))
