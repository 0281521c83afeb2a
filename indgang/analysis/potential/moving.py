"""How much moves, with an interval: what a what-if and a business case take from a potential. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.counting.scaling import interval, share_interval
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
    website could answer. `moved_share` is of what case workers resolve, `digital_share` of all."""

    workers: MovingNumber
    moved: MovingNumber
    digital: MovingNumber
    moved_share: MovingNumber
    digital_share: MovingNumber


def numbers(found: Potential, unit: int | None = None) -> MovingNumbers:
    """The numbers of a unit by its place, or of all. The days of a file differ by unit, so all of it together has no
    interval."""
    row, days = _row(found, unit), _Days(found, unit)
    return MovingNumbers(
        days.year(row.case_workers, days.workers), days.year(row.moved, days.workers - days.future),
        days.year(row.digital, days.digital), days.share(row.moved, row.case_workers, days.workers - days.future,
        days.workers), days.share(row.digital, row.total, days.digital, days.all),
    )  # fmt: skip


def _row(found: Potential, unit: int | None) -> UnitPotential:
    if unit is None:
        return found.table[-1]
    return next(each for each in found.table if not each.is_total and each.unit == found.rows.units[unit])


class _Days:
    """Counted enquiries of each day."""

    def __init__(self, found: Potential, unit: int | None) -> None:
        counts = found.counts[..., :-1].sum(axis=0) if unit is None else found.counts[unit, ..., :-1]
        if found.rows.is_by_unit:
            counts = counts[:0] if unit is None and len(found.rows.units) > 1 else counts[counts.any(axis=(1, 2))]
        by_rule: Days = counts.sum(axis=1)
        self.factor = found.factor
        self.all: Days = by_rule.sum(axis=1)
        self.workers: Days = self.all - counts[:, 3, :].sum(axis=1)
        self.future: Days = by_rule[:, found.rules_of(FutureChannel.CASE_WORKER)].sum(axis=1)
        self.digital: Days = by_rule[:, found.rules_of(FutureChannel.DIGITAL)].sum(axis=1)

    def year(self, value: float, days: Days) -> MovingNumber:
        """Days on which more come back than go have no interval."""
        bounds = interval(days.tolist(), self.factor * len(days)) if len(days) and days.sum() >= 0 else None
        return _around(value, bounds)

    def share(self, part: float, whole: float, parts: Days, wholes: Days) -> MovingNumber:
        value = min(max(part / whole, 0.0), 1.0) if whole else 0.0
        return _around(round(value, 4), share_interval(parts.tolist(), wholes.tolist()))


def _around(value: float, bounds: tuple[float, float] | None) -> MovingNumber:
    """The value is rounded, so that it may lie a little beside its bounds."""
    if bounds is None:
        return MovingNumber(value)
    return MovingNumber(value, min(bounds[0], value), max(bounds[1], value))
