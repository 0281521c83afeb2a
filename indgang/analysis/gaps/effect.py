"""What a measure has changed: its questions a week against comparable ones, before and after its day. Pure.

The estimate is a difference in differences of logarithms: how the mean of the subject changed, divided by how the mean
of the comparable subjects together changed. It is the Poisson regression of the counts with a term for the subject, one
for the time after, and one for both; what falls or rises for all alike (holidays, a campaign) cancels out. The interval
rests on how the weeks differ (no assumption that calls come independently), is a Student's t interval, and is widened
when one week resembles the next. Multiplying all counts of one side by a number changes nothing.

Beside it stands an interrupted time series of the ratio, with a trend of its own, and two checks: the same estimate for
a day in the middle of the weeks before (a placebo), and for each comparable subject against the others. A change that
the placebo shows too, or that began as a drift before, is not claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf, isfinite, log, sqrt

import numpy as np
from numpy.typing import NDArray

from indgang.core import students_t

#: two-sided; each of the two checks of the weeks before is as strict as both together
CONFIDENCE = 0.95
CHECKED = 0.975
#: weeks that must be known on each side, and the most that are used
FEWEST_BEFORE, FEWEST_AFTER, MOST_WEEKS = 8, 6, 52
#: weeks of each half of the time before, for the placebo
_FEWEST_HALF = 5
#: questions a week before, of the subject and of the comparable ones together
FEWEST_A_WEEK, FEWEST_COMPARED = 5.0, 10.0
#: subjects to compare with
FEWEST_SUBJECTS = 2
WEEKS_A_YEAR = 52
_LEAST_FREEDOM = 2.0
_MOST_ALIKE = 0.8

Counts = NDArray[np.float64]


class EffectVerdict(StrEnum):
    FEWER = "fewer"
    MORE = "more"
    NOT_SEEN = "not_seen"
    """The interval has no change in it."""
    NOT_COMPARABLE = "not_comparable"
    """The subject and the others went apart already before."""
    NOT_SEPARABLE = "not_separable"
    """Another measure on the same questions began or ended at the same time, so neither is estimated."""
    TOO_LITTLE = "too_little"


class MissingData(StrEnum):
    """What an estimate lacks."""

    WEEKS_BEFORE = "weeks_before"
    WEEKS_AFTER = "weeks_after"
    QUESTIONS = "questions"
    COMPARABLE = "comparable"


@dataclass(frozen=True, slots=True)
class ChangeEstimate:
    """A change as a part of what would have been: -0.3 is 30 % fewer. With its interval."""

    value: float
    low: float
    high: float

    @property
    def covers_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class AYear:
    """Questions saved in a year; below zero: more came."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """`difference` is the estimate; `series` that with a trend; `placebo` that of a day on which nothing happened
    (None: too few weeks); `drift` how the ratio moved over the weeks before. `as_much` of `compared` comparable
    subjects changed as much by themselves. `expected` is what each week would have had without a change, with the range
    in which weeks usually lie."""

    verdict: EffectVerdict
    missing: tuple[MissingData, ...] = ()
    weeks_before: int = 0
    weeks_after: int = 0
    a_week_before: float = 0.0
    difference: ChangeEstimate | None = None
    series: ChangeEstimate | None = None
    placebo: ChangeEstimate | None = None
    drift: ChangeEstimate | None = None
    as_much: int = 0
    compared: int = 0
    saved: AYear | None = None
    expected: tuple[tuple[float, float, float] | None, ...] = ()


def effect(subject: Sequence[float], comparable: Mapping[str, Sequence[float]], *, published: int) -> MeasureEffect:
    """The effect on a subject from the week `published` (a place in the series), which is left out itself.

    All series have one count for each week, in order. Raises ValueError for series of different lengths, negative
    counts and numbers that are not finite.
    """
    counts = _checked(subject, comparable)
    published = min(published, len(subject))
    first = max(published - MOST_WEEKS, 0)
    before, after = slice(first, max(published, 0)), slice(published + 1, published + 1 + MOST_WEEKS)
    own, others = counts[0], counts[1:].sum(axis=0)
    number_before, number_after = len(own[before]), len(own[after])
    mean = float(own[before].mean()) if number_before else 0.0
    missing = _missing(own[before], others[before], others[after], number_after, len(comparable))
    if missing:
        return MeasureEffect(EffectVerdict.TOO_LITTLE, missing, number_before, number_after, mean)
    difference = change(own, others, before, after)
    placebo, drift = _placebo(own, others, before), _drift(own, others, before)
    as_much, compared = _by_chance(counts[1:], difference, before, after)
    return MeasureEffect(
        _verdict(difference, placebo, drift), (), number_before, number_after, mean, difference,
        _series(own, others, before, after), placebo, drift, as_much, compared,
        _saved(own, others, before, after, difference),
        _expected(own, others, before),
    )  # fmt: skip


def _checked(subject: Sequence[float], comparable: Mapping[str, Sequence[float]]) -> Counts:
    if any(len(each) != len(subject) for each in comparable.values()):
        raise ValueError("each series needs one count for each week")
    counts = np.array([subject, *comparable.values()], dtype=np.float64).reshape(1 + len(comparable), len(subject))
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("counts are numbers, 0 or more")
    return counts


def _missing(
    own: Counts, others: Counts, others_after: Counts, number_after: int, subjects: int
) -> tuple[MissingData, ...]:  # fmt: skip
    found = []
    if len(own) < FEWEST_BEFORE:
        found.append(MissingData.WEEKS_BEFORE)
    if number_after < FEWEST_AFTER:
        found.append(MissingData.WEEKS_AFTER)
    if not len(own) or own.mean() < FEWEST_A_WEEK:
        found.append(MissingData.QUESTIONS)
    thin = subjects < FEWEST_SUBJECTS or not len(others) or others.mean() < FEWEST_COMPARED
    if thin or (len(others_after) and others_after.mean() < FEWEST_COMPARED / 2):
        found.append(MissingData.COMPARABLE)
    return tuple(found)


def _verdict(difference: ChangeEstimate, placebo: ChangeEstimate | None, drift: ChangeEstimate) -> EffectVerdict:
    if difference.covers_zero:
        return EffectVerdict.NOT_SEEN
    if not drift.covers_zero or (placebo is not None and not placebo.covers_zero):
        return EffectVerdict.NOT_COMPARABLE
    return EffectVerdict.FEWER if difference.value < 0 else EffectVerdict.MORE


# --- Difference in differences -------------------------------------------------------------------


def change(
    own: Counts, others: Counts, before: slice, after: slice, confidence: float = CONFIDENCE
) -> ChangeEstimate:  # fmt: skip
    """The difference in differences of two series."""
    errors = [_errors(own[part], others[part]) for part in (before, after)]
    alike = _alikeness(errors)
    widened = (1 + alike) / (1 - alike)
    variances = [widened * len(each) / (len(each) - 1) * float((each**2).sum()) for each in errors]
    for part, place in ((before, 0), (after, 1)):
        if not own[part].sum():
            variances[place] += 1 / _NONE
    freedom = _freedom(variances, [(len(each) - 1) / widened for each in errors])
    estimate = _ratio(own[after], others[after]) - _ratio(own[before], others[before])
    reach = students_t.quantile(freedom, (1 + confidence) / 2) * sqrt(sum(variances))
    return ChangeEstimate(*(_as_part(each) for each in (estimate, estimate - reach, estimate + reach)))


#: stands for no question at all, whose logarithm does not exist
_NONE = 0.5


def _ratio(own: Counts, others: Counts) -> float:
    return log(float(own.sum()) or _NONE) - log(float(others.sum()) or _NONE)


def _errors(own: Counts, others: Counts) -> Counts:
    """How much each week moves the logarithm of the ratio (they add up to nothing)."""
    shares: Counts = own / (own.sum() or 1.0) - others / (others.sum() or 1.0)
    return shares


def _alikeness(errors: Sequence[Counts]) -> float:
    """How much a week resembles the one before, from 0 (not at all): the correlation of neighbours over all parts,
    with the correction for short series (each part has a mean of its own)."""
    scaled = [each / (sqrt(float((each**2).mean())) or 1.0) for each in errors]
    weeks = sum(len(each) for each in scaled)
    together = sum(float((each[1:] * each[:-1]).sum()) for each in scaled) / max(weeks, 1)
    corrected = together + len(errors) * (1 + 3 * together) / max(weeks, 1)
    return min(max(corrected, 0.0), _MOST_ALIKE)


def _freedom(variances: Sequence[float], of_each: Sequence[float]) -> float:
    """The degrees of freedom of a sum of variances (Welch and Satterthwaite)."""
    below = sum(variance**2 / max(free, 1.0) for variance, free in zip(variances, of_each, strict=True))
    return max(sum(variances) ** 2 / below, _LEAST_FREEDOM) if below else max(sum(of_each), _LEAST_FREEDOM)


def _as_part(logarithm: float) -> float:
    return exp(min(logarithm, 50.0)) - 1 if isfinite(logarithm) else inf


# --- Interrupted time series ---------------------------------------------------------------------


def _relative(own: Counts, others: Counts, before: slice) -> Counts:
    """The ratio of each week to that before: 1 is usual. No number where nothing comparable was asked."""
    usual = float(own[before].sum()) / (float(others[before].sum()) or 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Counts = np.where(others > 0, own / others / (usual or 1.0), np.nan)
    return found


def _series(own: Counts, others: Counts, before: slice, after: slice) -> ChangeEstimate | None:
    """The step at the day of the measure, on a trend that goes on through it."""
    ratio = _relative(own, others, before)
    places = np.r_[before, after]
    places = places[places < len(ratio)]
    step = (places >= after.start).astype(np.float64)
    columns = np.column_stack([step, np.ones(len(places)), places - places.mean()])
    return _coefficient(ratio[places], columns, CONFIDENCE)


def _drift(own: Counts, others: Counts, before: slice) -> ChangeEstimate:
    """How much the ratio moved from the first week before to the last one."""
    ratio = _relative(own, others, before)[before]
    along = np.linspace(-0.5, 0.5, len(ratio))
    found = _coefficient(ratio, np.column_stack([along, np.ones(len(ratio))]), CHECKED)
    return found or ChangeEstimate(0.0, -inf, inf)


def _coefficient(values: Counts, columns: Counts, confidence: float) -> ChangeEstimate | None:
    """The first coefficient of a least-squares fit, with a Student's t interval that likeness of neighbours widens."""
    known = np.isfinite(values)
    values, columns = values[known], columns[known]
    free = len(values) - columns.shape[1]
    if free < _LEAST_FREEDOM or np.linalg.matrix_rank(columns) < columns.shape[1]:
        return None
    inverse = np.linalg.inv(columns.T @ columns)
    fitted = inverse @ columns.T @ values
    errors = values - columns @ fitted
    alike = _alikeness([errors])
    widened = (1 + alike) / (1 - alike)
    variance = widened * float((errors**2).sum()) / free * float(inverse[0, 0])
    reach = students_t.quantile(max(free / widened, _LEAST_FREEDOM), (1 + confidence) / 2) * sqrt(variance)
    value = float(fitted[0])
    return ChangeEstimate(value, value - reach, value + reach)


# --- Checks, and what follows --------------------------------------------------------------------


def _placebo(own: Counts, others: Counts, before: slice) -> ChangeEstimate | None:
    """The estimate for the middle of the weeks before, when nothing happened."""
    middle = (before.start + before.stop) // 2
    if middle - before.start < _FEWEST_HALF or before.stop - middle - 1 < _FEWEST_HALF:
        return None
    halves = slice(before.start, middle), slice(middle + 1, before.stop)
    return change(own, others, *halves, confidence=CHECKED)


def _by_chance(comparable: Counts, found: ChangeEstimate, before: slice, after: slice) -> tuple[int, int]:
    """How many of the comparable subjects changed as much against the others, and of how many."""
    whole, size = comparable.sum(axis=0), abs(log(max(1 + found.value, 1e-9)))
    sizes = []
    for each in comparable:
        rest = whole - each
        if each[before].mean() >= FEWEST_A_WEEK and rest[before].sum() and rest[after].sum():
            sizes.append(abs(_ratio(each[after], rest[after]) - _ratio(each[before], rest[before])))
    return sum(other >= size for other in sizes), len(sizes)


def _saved(own: Counts, others: Counts, before: slice, after: slice, found: ChangeEstimate) -> AYear:
    """What would have come without the change, less what came."""
    came = float(own[after].mean())

    def saved(part: float) -> float:
        return WEEKS_A_YEAR * came * (1 / max(1 + part, 1e-9) - 1)

    if came:
        return AYear(saved(found.value), saved(found.high), saved(found.low))
    usual = float(own[before].sum()) / float(others[before].sum())
    expected = WEEKS_A_YEAR * usual * float(others[after].mean())
    reach = _reach_before(own, others, before)
    return AYear(expected, max(expected * -found.high, 0.0) / reach, expected * reach)


def _reach_before(own: Counts, others: Counts, before: slice) -> float:
    """By what factor the ratio of the weeks before may be wrong."""
    errors = _errors(own[before], others[before])
    alike = _alikeness([errors])
    widened, weeks = (1 + alike) / (1 - alike), len(errors)
    variance = widened * weeks / (weeks - 1) * float((errors**2).sum())
    freedom = max((weeks - 1) / widened, _LEAST_FREEDOM)
    return exp(min(students_t.quantile(freedom, (1 + CONFIDENCE) / 2) * sqrt(variance), 50.0))


def _expected(own: Counts, others: Counts, before: slice) -> tuple[tuple[float, float, float] | None, ...]:
    """For each week of the series what its comparable questions give; None where there were none."""
    usual = float(own[before].sum()) / float(others[before].sum())
    ratio = _relative(own, others, before)[before]
    known = ratio[np.isfinite(ratio)]
    reach = students_t.quantile(max(len(known) - 1, 2), (1 + CONFIDENCE) / 2) * float(np.std(known, ddof=1))
    reach *= sqrt(1 + 1 / len(known))
    return tuple(
        (usual * each, max(usual * each * (1 - reach), 0.0), usual * each * (1 + reach)) if each > 0 else None
        for each in map(float, others)
    )
