"""Which months of a benefit, and which baseline, were measured on imported days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from indgang.history import imported_days
from indgang.history.imported_days import ImportedDays, ImportedParts
from indgang.programme.benefits import measuring
from indgang.programme.benefits.course import CourseOfBenefit, MonthOfBenefit
from indgang.programme.benefits.models import BenefitVersion
from indgang.programme.benefits.terms import MeasureWay, next_month

_NOTHING = ImportedParts(())


@dataclass(frozen=True, slots=True)
class ImportedBasis:
    """The imported days behind a baseline, and behind months that have a value, by their first days."""

    baseline: ImportedDays | None
    months: Mapping[date, ImportedDays]


def of_course(found: CourseOfBenefit) -> ImportedBasis:
    """Closed months as they were closed, and the baseline as it was written: an import that was taken back since is
    still behind them."""
    measured = [each for each in found.months if each.facts.measured is not None]
    return ImportedBasis(_of_baseline(found.version), _of_months(found, measured) if measured else {})


def _of_months(found: CourseOfBenefit, over: list[MonthOfBenefit]) -> dict[date, ImportedDays]:
    first, last = over[0].facts.month, _last(over[-1].facts.month)

    @lru_cache
    def parts(version: BenefitVersion) -> ImportedParts:
        return _parts(version, first, last)

    told = {}
    for each in over:
        version, at = (each.closed.version, each.closed.closed_at) if each.closed else (found.version, None)
        told[each.facts.month] = parts(version).within(each.facts.month, _last(each.facts.month), at=at)
    return {month: days for month, days in told.items() if days}


def _of_baseline(version: BenefitVersion) -> ImportedDays | None:
    """A baseline from a source was not measured here."""
    first, last = version.baseline_first, version.baseline_last
    if version.baseline_value is None or version.baseline_source or first is None or last is None:
        return None
    return _parts(version, first, last).within(first, last, at=version.made_at)


def _parts(version: BenefitVersion, first: date, last: date) -> ImportedParts:
    """Contracts of employment and counting weeks are not imported."""
    if version.measure is not MeasureWay.FIGURE:
        return _NOTHING
    return imported_days.read(first, last, measuring.subject_of(version).only)


def _last(month: date) -> date:
    return next_month(month) - timedelta(days=1)
