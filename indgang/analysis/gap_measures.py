"""Measures on gaps: decided, changed and dropped, with every change kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.gap_models import GapMeasure, GapMeasureChange
from indgang.analysis.gaps.ranking import SavedEnquiries
from indgang.audit import trail
from indgang.core import clock
from indgang.core.refusals import RefusedChange

#: no measure is older
_FIRST = date(2000, 1, 1)


@transaction.atomic
def decide(
    values: Mapping[str, Any], *, gap: str, expected: SavedEnquiries | None, reason: str, by: Person, at: datetime
) -> GapMeasure:  # fmt: skip
    """A new measure of these values (kind, title, service, purpose, owner, published_on). Raises RefusedChange."""
    _check(values, at)
    figures = {} if expected is None else _figures(expected)
    made: GapMeasure = GapMeasure.objects.create(**values, **figures, gap=gap, created_by=by, created_at=at)
    _keep(made, reason, by, at)
    trail.record(by=by, at=at, action="gapmeasure.create", target=made, after=trail.values_of(made, values), why=reason)
    return made


def _figures(expected: SavedEnquiries) -> dict[str, int]:
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
