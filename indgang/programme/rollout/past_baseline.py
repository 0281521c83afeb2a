"""Imported satisfaction (`history`) as the baseline of a watched figure, for services that nobody asked about here
before they moved.

Only means and, mostly, how many answered are known, not how the answers differed. So a fall is more than chance when it
would be with the widest spread that the mean allows; where nobody knows how many answered, nothing is said of chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from indgang.catalogue.models import Unit
from indgang.feedback import index, scales
from indgang.feedback.index import Index, Ratings
from indgang.history import past_values
from indgang.history.models import HistoryImport, PastValue
from indgang.measures.definitions import is_too_few
from indgang.programme.rollout.models import RolloutPlan, RolloutRisk

#: days before the last imported value whose values make the baseline
LONGEST = 365


@dataclass(frozen=True, slots=True)
class PastBaseline:
    """The imported mean as an index, the days that it comes from, and the files. `ratings` is None where the number of
    answers is not known."""

    index: Index
    ratings: Ratings | None
    first: date
    last: date
    names: tuple[str, ...]


def values_for(plan: RolloutPlan) -> QuerySet[PastValue]:
    """Imported satisfaction of the whole municipality, of the plan's owner and of the units below it."""
    units = Unit.objects.filter(path__startswith=plan.centre.owner.path).values_list("code", flat=True)
    return PastValue.objects.filter(kind=HistoryImport.Kind.SATISFACTION, unit__in=["", *units])


def series_for(plan: RolloutPlan) -> list[str]:
    """What was measured, each once."""
    return sorted(set(values_for(plan).values_list("subject", flat=True)))


def is_on_scale(plan: RolloutPlan, series: str, scale: str) -> bool:
    """Whether every value of the series lies on the scale."""
    ends = scales.ends(scale)
    found = values_for(plan).filter(subject=series, value__isnull=False).values_list("value", flat=True)
    return all(ends.lowest <= each <= ends.highest for each in found if each is not None)


def before(plan: RolloutPlan, risk: RolloutRisk, edge: date) -> PastBaseline | None:
    """The year of imported values that ends with the last one before a day, of those of the nearest unit. None when
    the risk names no series, there is none, too few answered, or a value does not lie on the scale."""
    if not risk.past_series or not risk.past_scale:
        return None
    named = values_for(plan).filter(subject=risk.past_series, last_day__lt=edge, value__isnull=False)
    rows = past_values.apart(named.select_related("source"))
    newest = max((each.last_day for each in rows), default=edge)
    rows = [each for each in rows if each.first_day > newest - timedelta(days=LONGEST)]
    return _baseline(_nearest(rows, plan.centre.owner), risk.past_scale) if rows else None


def _nearest(rows: Sequence[PastValue], owner: Unit) -> list[PastValue]:
    """Those of the owner; without any those of the units below it, none of them below another one; and without any of
    these those of the whole municipality. The same answers are behind the values of a unit and of those below it."""
    paths = dict(Unit.objects.filter(code__in={each.unit for each in rows}).values_list("code", "path"))
    below = [path for path in paths.values() if path.startswith(owner.path)]
    outer = {path for path in below if not any(path != other and path.startswith(other) for other in below)}
    return [each for each in rows if paths.get(each.unit, "") in outer] if outer else list(rows)


def _baseline(rows: Sequence[PastValue], scale: str) -> PastBaseline | None:
    try:
        indexes = [scales.index(scale, each.value) for each in rows if each.value is not None]
    except scales.NotOnScale:
        return None
    counts = [each.number or 0 for each in rows]
    is_counted, answers = all(counts), sum(counts)
    if is_counted and is_too_few(answers):
        return None
    weights = counts if is_counted else [(each.last_day - each.first_day).days + 1 for each in rows]
    mean = sum(weight * each for weight, each in zip(weights, indexes, strict=True)) / sum(weights)
    ratings = Ratings(answers, answers * mean, answers * mean * 100.0) if is_counted else None
    return PastBaseline(
        index.index(ratings) if ratings else Index(0, mean, None, None), ratings,
        min(each.first_day for each in rows), max(each.last_day for each in rows),
        tuple(sorted({each.source.name for each in rows})),
    )  # fmt: skip
