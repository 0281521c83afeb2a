"""Measures on gaps: decided, changed and dropped, with every change kept; and their effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.gap_models import GapMeasure, GapMeasureChange
from indgang.analysis.gaps.effect import FEWEST_COMPARED, MOST_WEEKS, MeasureEffect, effect
from indgang.analysis.gaps.ranking import SavedCalls
from indgang.audit import trail
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Question
from indgang.measures.period import Period

#: no measure is older
_FIRST = date(2000, 1, 1)
_WEEK = timedelta(days=7)

Subject = tuple[str, str]


@transaction.atomic
def decide(
    values: Mapping[str, Any], *, gap: str, expected: SavedCalls | None, reason: str, by: Person, at: datetime
) -> GapMeasure:  # fmt: skip
    """A new measure of these values (kind, title, service, purpose, owner, published_on). Raises RefusedChange."""
    _check(values, at)
    figures = {} if expected is None else _figures(expected)
    made: GapMeasure = GapMeasure.objects.create(**values, **figures, gap=gap, created_by=by, created_at=at)
    _keep(made, reason, by, at)
    trail.record(by=by, at=at, action="gapmeasure.create", target=made, after=trail.values_of(made, values), why=reason)
    return made


def _figures(expected: SavedCalls) -> dict[str, int]:
    return {"expected": expected.value, "expected_low": expected.low, "expected_high": expected.high}


@transaction.atomic
def change(measure: GapMeasure, values: Mapping[str, Any], *, reason: str, by: Person, at: datetime) -> GapMeasure:
    """Other values. What is measured and from when is part of the history. Raises RefusedChange."""
    locked = _open(measure)
    _check(values, at)
    before = trail.values_of(locked, values)
    for name, value in values.items():
        setattr(locked, name, value)
    after = trail.values_of(locked, values)
    changed = [name for name, value in after.items() if before[name] != value]
    if not changed:
        return locked
    locked.save(update_fields=list(values))
    _keep(locked, reason, by, at)
    trail.record(
        by=by, at=at, action="gapmeasure.edit", target=locked, before={name: before[name] for name in changed},
        after={name: after[name] for name in changed}, why=reason,
    )  # fmt: skip
    return locked


@transaction.atomic
def drop(measure: GapMeasure, *, reason: str, by: Person, at: datetime) -> GapMeasure:
    """It is not done, or has been taken back. It stays in the list. Raises RefusedChange."""
    locked = _open(measure)
    locked.dropped_at = at
    locked.save(update_fields=["dropped_at"])
    _keep(locked, reason, by, at)
    trail.record(by=by, at=at, action="gapmeasure.drop", target=locked, why=reason)
    return locked


def _open(measure: GapMeasure) -> GapMeasure:
    locked: GapMeasure = GapMeasure.objects.select_for_update().get(pk=measure.pk)
    if locked.dropped_at is not None:
        raise RefusedChange({"": _("Tiltaget er opgivet. Beslut et nyt i stedet.")})
    return locked


def _check(values: Mapping[str, Any], at: datetime) -> None:
    published = values.get("published_on")
    if published and not _FIRST <= published <= clock.day_of(at):
        raise RefusedChange({"published_on": _("Skriv dagen, når det er udgivet: i dag eller en dag før.")})


def _keep(measure: GapMeasure, reason: str, by: Person, at: datetime) -> None:
    GapMeasureChange.objects.create(
        measure=measure, number=measure.changes.count() + 1, state=measure.state, published_on=measure.published_on,
        owner=measure.owner, reason=reason, made_by=by, made_at=at,
    )  # fmt: skip


# --- Effect --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EffectWeeks:
    """The Mondays, the questions of the measure in each week, those it is compared with, and the effect.

    `is_of_unit`: compared with other questions of the same unit, else of the whole municipality."""

    weeks: tuple[date, ...]
    own: tuple[float, ...]
    compared: tuple[float, ...]
    effect: MeasureEffect
    is_of_unit: bool


def measured(measure: GapMeasure, *, today: date) -> EffectWeeks | None:
    """What the measure has changed, by the weeks that are over; None before it is published."""
    if measure.published_on is None:
        return None
    published = _monday(measure.published_on)
    first = published - MOST_WEEKS * _WEEK
    last = min(_monday(today), published + (MOST_WEEKS + 1) * _WEEK)
    counts = _counts(first, last)
    begun = min((week for weeks in counts.values() for week in weeks), default=first)
    weeks = tuple(begun + number * _WEEK for number in range(max((last - begun) // _WEEK, 0)))
    own = {subject for subject in counts if _belongs(measure, subject)}
    others, is_of_unit = _comparable(measure, counts, own, weeks)
    series = {f"{service}/{purpose}": _line(counts[service, purpose], weeks) for service, purpose in others}
    mine = _together([_line(counts[each], weeks) for each in own], weeks)
    found = effect(mine, series, published=(published - begun) // _WEEK)
    return EffectWeeks(weeks, mine, _together(series.values(), weeks), found, is_of_unit)


def _together(lines: Iterable[Sequence[float]], weeks: Sequence[date]) -> tuple[float, ...]:
    return tuple(sum(values) for values in zip([0.0] * len(weeks), *lines, strict=True))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _belongs(measure: GapMeasure, subject: Subject) -> bool:
    service, purpose = subject
    return service == measure.service.code and (measure.purpose is None or purpose == measure.purpose.code)


def _counts(first: date, last: date) -> dict[Subject, dict[date, int]]:
    """The registered questions of each service and purpose by week, until the day `last`."""
    period = Period.days(first, max(last - timedelta(days=1), first))
    rows = Question.objects.filter(registered_at__gte=period.start, registered_at__lt=period.end).order_by()
    weekly = rows.annotate(week=TruncWeek("registered_at", tzinfo=clock.COPENHAGEN)).values_list(
        "service__code", "purpose__code", "week"
    )
    found: dict[Subject, dict[date, int]] = defaultdict(dict)
    for service, purpose, week, number in weekly.annotate(number=Count("pk")):
        found[service, purpose][clock.day_of(week)] = number
    return found


def _comparable(
    measure: GapMeasure, counts: Mapping[Subject, Mapping[date, int]], own: set[Subject], weeks: tuple[date, ...]
) -> tuple[list[Subject], bool]:  # fmt: skip
    """Other subjects without a measure of their own in these weeks: those of the same unit, or all when they are
    few."""
    touched = GapMeasure.objects.filter(Q(dropped_at=None), published_on__isnull=False).exclude(pk=measure.pk)
    measures = list(
        touched.filter(published_on__gte=weeks[0] if weeks else _FIRST).select_related("service", "purpose")
    )
    free = sorted(
        each for each in counts.keys() - own if not any(_belongs(other, each) for other in measures)
    )  # fmt: skip
    of_unit = set(Question.objects.filter(service__unit=measure.service.unit).order_by()
                  .values_list("service__code", flat=True).distinct())  # fmt: skip
    near = [each for each in free if each[0] in of_unit]
    enough = sum(sum(counts[each].values()) for each in near) >= 2 * FEWEST_COMPARED * max(len(weeks), 1)
    return (near, True) if enough and len(near) > 1 else (free, False)


def _line(counts: Mapping[date, int], weeks: tuple[date, ...]) -> list[float]:
    return [float(counts.get(week, 0)) for week in weeks]
