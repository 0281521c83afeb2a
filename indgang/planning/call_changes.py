"""What planners say about calls to come: events, services that move, days of the history, and what stands in for it.

Each change is in the audit trail. The next forecast takes it in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService

#: an event of more days is a change of level, which counts show by themselves
MOST_EVENT_DAYS = 92
#: days further ahead or back are taken for a typing error
MOST_YEARS = 4


@transaction.atomic
def add_event(made: CallEvent, *, by: Person, at: datetime) -> CallEvent:
    """Raises RefusedChange, by field, as all actions below."""
    _refuse_far(made.first, at, "first")
    if made.last < made.first:
        raise RefusedChange({"last": _("Den sidste dag skal være den første dag eller senere.")})
    if (made.last - made.first).days >= MOST_EVENT_DAYS:
        raise RefusedChange({"last": _("En begivenhed varer højst %(days)s dage.") % {"days": MOST_EVENT_DAYS}})
    made.name = mask_cpr(made.name)
    _add("callevent", made, ("kind", "first", "last", "percent"), by, at)
    return made


@transaction.atomic
def remove_event(row: CallEvent, *, by: Person, at: datetime) -> None:
    _removed("callevent", row, ("kind", "first", "last", "percent"), by, at)


@transaction.atomic
def add_move(made: MovedService, *, by: Person, at: datetime) -> MovedService:
    """A service that moves in, or out with a negative volume."""
    _refuse_far(made.first, at, "first")
    if not made.calls_a_year:
        raise RefusedChange({"calls_a_year": _("Skriv, hvor mange opkald om året ydelsen har.")})
    made.source = mask_cpr(made.source)
    _add("movedservice", made, ("first", "calls_a_year", "ramp_days", "source"), by, at)
    return made


@transaction.atomic
def change_move(row: MovedService, values: Mapping[str, Any], *, by: Person, at: datetime) -> None:
    """Another day or volume, and where it comes from."""
    _refuse_far(values.get("first", row.first), at, "first")
    before = _values(row, list(values))
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    trail.record(action="movedservice.change", target=row, by=by, at=at, before=before, after=dict(values))


@transaction.atomic
def remove_move(row: MovedService, *, by: Person, at: datetime) -> None:
    _removed("movedservice", row, ("first", "calls_a_year", "ramp_days", "source"), by, at)


@transaction.atomic
def judge_day(queue: Queue, day: date, *, is_kept: bool, reason: str, by: Person, at: datetime) -> JudgedDay:
    """Leave a day out of the history, or keep it in it, with the reason. A later judgement replaces an earlier one."""
    if day >= day_of(at):
        raise RefusedChange({"day": _("Vælg en dag, der er gået: kun talte dage kan udelades.")})
    if not reason.strip():
        raise RefusedChange({"reason": _("Skriv hvorfor.")})
    before = JudgedDay.objects.filter(queue=queue, day=day).first()
    values = {"is_kept": is_kept, "reason": mask_cpr(reason.strip())}
    row, _created = JudgedDay.objects.update_or_create(queue=queue, day=day, defaults=values)
    trail.record(
        action="judgedday.change" if before else "judgedday.add", target=row, by=by, at=at,
        before={"is_kept": before.is_kept, "reason": before.reason} if before else None, after=values,
    )  # fmt: skip
    return row


@transaction.atomic
def forget_judgement(row: JudgedDay, *, by: Person, at: datetime) -> None:
    _removed("judgedday", row, ("is_kept", "reason"), by, at)


@transaction.atomic
def stand_in(
    queue: Queue, *, similar: Queue | None, week: Sequence[int], scaling: Decimal, source: str, by: Person, at: datetime
) -> HistoryStandIn:  # fmt: skip
    """Let a similar queue, or a counted week, stand in for the history of a queue."""
    if (similar is None) == (not week):
        raise RefusedChange({"similar": _("Vælg en kø, der ligner, eller skriv en talt uge.")})
    if similar is not None and similar.pk == queue.pk:
        raise RefusedChange({"similar": _("Vælg en anden kø end køen selv.")})
    if week and (len(week) != 7 or min(week) < 0 or not sum(week)):
        raise RefusedChange({"week": _("Skriv syv tal, fra mandag til søndag, og mindst ét opkald.")})
    values = {"similar": similar, "week": list(week), "scaling": scaling, "source": mask_cpr(source)}
    row, created = HistoryStandIn.objects.update_or_create(queue=queue, defaults=values)
    trail.record(
        action="historystandin.add" if created else "historystandin.change", target=row, by=by, at=at,
        after={"scaling": scaling, "source": row.source},
    )  # fmt: skip
    return row


@transaction.atomic
def remove_stand_in(row: HistoryStandIn, *, by: Person, at: datetime) -> None:
    _removed("historystandin", row, ("scaling", "source"), by, at)


def is_far(day: date, today: date) -> bool:
    return abs((day - today).days) > MOST_YEARS * 366


def _refuse_far(day: date, at: datetime, field: str) -> None:
    if is_far(day, day_of(at)):
        raise RefusedChange({field: _("Dagen ligger mere end %(years)s år væk.") % {"years": MOST_YEARS}})


def _add(noun: str, row: models.Model, fields: Sequence[str], by: Person, at: datetime) -> None:
    row.save()
    trail.record(action=f"{noun}.add", target=row, by=by, at=at, after=_values(row, fields))


def _removed(noun: str, row: models.Model, fields: Sequence[str], by: Person, at: datetime) -> None:
    trail.record(action=f"{noun}.delete", target=row, by=by, at=at, before=_values(row, fields))
    row.delete()


def _values(row: models.Model, fields: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}
