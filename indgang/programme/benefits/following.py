"""A benefit month by month: expected, realised with an interval, so far, and to the end of a year. Pure.

The effect of a month is `factor * (measured - baseline)` in kroner, savings negative (R-340). `factor` is the price of
one unit of measure in that month. What was measured in a month and what the baseline was are known with an interval
each; the interval of an effect comes from both by the method of variance estimates recovery (MOVER: Zou and Donner
2008). The baseline is the same in all months, so its uncertainty adds up and does not even out.

A month without data is never a month without effect: it is left out, and so is what was expected of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt

from indgang.measures.baselines import MeasuredFigure

#: of a benefit that is not measured
NO_BASELINE = MeasuredFigure(None, None, None, 0, 0)


class NoData(StrEnum):
    """Why a month has no measured value."""

    NOT_OVER = "not_over"
    NOTHING = "nothing"
    TOO_FEW = "too_few"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True, slots=True)
class BenefitEstimate:
    """An amount of kroner with its interval; None where what was measured does not tell one."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What is expected of a month and what was measured in it. `measured` is None where there is no data (`why`).

    `factor` is kroner for one unit of measure in this month, `change` the expected difference from the baseline.
    """

    month: date
    factor: float
    change: float
    baseline: MeasuredFigure = NO_BASELINE
    measured: MeasuredFigure | None = None
    why: NoData | None = None

    @property
    def expected(self) -> float:
        """In kroner."""
        return self.factor * self.change

    @property
    def expected_value(self) -> float | None:
        """In units of measure."""
        return None if self.baseline.value is None else self.baseline.value + self.change

    @property
    def is_over(self) -> bool:
        return self.why is not NoData.NOT_OVER

    @property
    def has_data(self) -> bool:
        return self.measured is not None and None not in (self.measured.value, self.baseline.value)


def effect(months: Sequence[MonthFacts], more: float = 1.0) -> BenefitEstimate | None:
    """The effect of those months that have data, times `more`; None without any.

    >>> was, now = MeasuredFigure(10.0, 9.0, 11.0, 100, 5), MeasuredFigure(7.0, 6.0, 8.0, 100, 5)
    >>> effect([MonthFacts(date(2026, 3, 1), 100.0, -4.0, was, now)])
    BenefitEstimate(value=-300.0, low=-441.4213562373095, high=-158.5786437626905)
    """
    with_data = [each for each in months if each.has_data]
    if not with_data:
        return None
    value, below, above = 0.0, 0.0, 0.0
    of_baseline: defaultdict[MeasuredFigure, float] = defaultdict(float)
    for each in with_data:
        assert each.measured is not None
        assert each.measured.value is not None
        assert each.baseline.value is not None
        factor = more * each.factor
        value += factor * (each.measured.value - each.baseline.value)
        of_baseline[each.baseline] -= factor
        below, above = _wider(below, above, factor, each.measured)
    for baseline, factor in of_baseline.items():
        below, above = _wider(below, above, factor, baseline)
    if any(each.measured is None or each.measured.low is None for each in with_data):
        return BenefitEstimate(value, None, None)
    return BenefitEstimate(value, value - sqrt(below), value + sqrt(above))


def _wider(below: float, above: float, factor: float, figure: MeasuredFigure) -> tuple[float, float]:
    """The squared reaches with those of one more part."""
    down, up = _reach(factor, figure)
    return below + down**2, above + up**2


def _reach(factor: float, figure: MeasuredFigure) -> tuple[float, float]:
    """How far `factor` times the figure reaches below and above its value; 0 where there is no interval."""
    if figure.value is None or figure.low is None or figure.high is None:
        return 0.0, 0.0
    lowest, highest = sorted(factor * (end - figure.value) for end in (figure.low, figure.high))
    return -lowest, highest


@dataclass(frozen=True, slots=True)
class BenefitSum:
    """Months together. `realised` and `expected_of_measured` are of the months with data, `expected` is of all that are
    over."""

    realised: BenefitEstimate | None
    expected_of_measured: float
    expected: float
    measured: int
    over: int


def so_far(months: Sequence[MonthFacts]) -> BenefitSum:
    """The months that are over."""
    over = [each for each in months if each.is_over]
    measured = [each for each in over if each.has_data]
    expected = sum(each.expected for each in over)
    return BenefitSum(effect(measured), sum(each.expected for each in measured), expected, len(measured), len(over))


@dataclass(frozen=True, slots=True)
class BenefitForecast:
    """A calendar year: what is expected of it, and what comes when the months without data differ from that as the
    months with data do on average. None without any month with data."""

    year: int
    expected: float
    forecast: BenefitEstimate | None
    measured: int
    months: int


def to_years_end(months: Sequence[MonthFacts], year: int) -> BenefitForecast:
    """`months` are those of the contract, also those ahead.

    The mean deviation is counted in kroner: an effect that is still to come in does not inherit the share that an
    almost empty month reached by chance.
    """
    of_year = [each for each in months if each.month.year == year]
    measured = [each for each in of_year if each.has_data]
    expected = sum(each.expected for each in of_year)
    if not measured:
        return BenefitForecast(year, expected, None, 0, len(of_year))
    rest = len(of_year) - len(measured)
    more = 1 + rest / len(measured)
    carried = effect(measured, more)
    assert carried is not None
    planned = expected - more * sum(each.expected for each in measured)
    return BenefitForecast(year, expected, _moved(carried, planned, rest, measured), len(measured), len(of_year))


def _moved(carried: BenefitEstimate, by: float, rest: int, measured: Sequence[MonthFacts]) -> BenefitEstimate:
    """The estimate moved by a sum, and wider by the chance of the months without data: each is as uncertain as the
    measured ones are on average."""
    value = carried.value + by
    if carried.low is None or carried.high is None:
        return BenefitEstimate(value, None, None)
    reaches = [_reach(each.factor, each.measured) for each in measured if each.measured is not None]
    below, above = (rest * sum(each[side] ** 2 for each in reaches) / len(reaches) for side in (0, 1))
    low = value - sqrt((carried.value - carried.low) ** 2 + below)
    return BenefitEstimate(value, low, value + sqrt((carried.high - carried.value) ** 2 + above))


def together(sums: Sequence[BenefitSum], subjects: Sequence[Hashable]) -> BenefitSum:
    """Several contracts. Those without data are left out of what was realised and of what was expected of it.

    `subjects` are what each contract measures: two with the same one rest on the same measurement, and what is chance
    in one is chance in the other.
    """
    realised = [each.realised for each in sums]
    return BenefitSum(
        _added(realised, subjects), sum(each.expected_of_measured for each in sums),
        sum(each.expected for each in sums), sum(each.measured for each in sums), sum(each.over for each in sums),
    )  # fmt: skip


def _added(parts: Sequence[BenefitEstimate | None], subjects: Sequence[Hashable]) -> BenefitEstimate | None:
    """The known parts. How far those of one subject reach is added, and the subjects by their squares."""
    known = [(each, subject) for each, subject in zip(parts, subjects, strict=True) if each is not None]
    if not known:
        return None
    value = sum(each.value for each, _subject in known)
    below: defaultdict[Hashable, float] = defaultdict(float)
    above: defaultdict[Hashable, float] = defaultdict(float)
    for each, subject in known:
        if each.low is None or each.high is None:
            return BenefitEstimate(value, None, None)
        below[subject] += each.value - each.low
        above[subject] += each.high - each.value
    down, up = (sqrt(sum(reach**2 for reach in side.values())) for side in (below, above))
    return BenefitEstimate(value, value - down, value + up)


def added(forecasts: Sequence[BenefitForecast], subjects: Sequence[Hashable]) -> BenefitEstimate | None:
    """The forecasts of several contracts (`subjects` as in `together`); None unless each has one, since a sum of some
    would look like less than it is."""
    parts = [each.forecast for each in forecasts]
    return None if None in parts else _added(parts, subjects)
