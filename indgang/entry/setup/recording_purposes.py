"""What conversations of a queue are recorded for: decided from a day on, planned ahead, stopped at once.

A purpose that callers have been asked about is never rewritten: another one follows it. Nothing is recorded by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES, Role
from indgang.audit.trail import values_of
from indgang.catalogue import planned_days
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue, RecordingPurpose
from indgang.entry.setup.changes import record_change

FIELDS = ("purpose", "basis", "keep_days", "question", "question_en", "listeners")
#: in days; recordings for training need not be older
LONGEST_KEPT = 365


def listening_roles() -> list[Role]:
    """The roles that a purpose may let listen."""
    return [role for role in ROLES.values() if Permission.LISTEN_RECORDINGS in role.permissions]


def on(queue: Queue, day: date) -> RecordingPurpose | None:
    """The purpose in force on a day; None when nothing is recorded."""
    found: RecordingPurpose | None = RecordingPurpose.objects.filter(queue=queue).in_force(day).first()
    return found


@transaction.atomic
def decide(queue: Queue, fields: Mapping[str, Any], *, day: date, by: Person, at: datetime) -> RecordingPurpose:
    """Record conversations of the queue for this purpose (all of `FIELDS`) from `day` on, until what is planned for
    later. The purpose of that day ends. Raises RefusedChange, by field."""
    Queue.objects.select_for_update().get(pk=queue.pk)
    made = RecordingPurpose(queue=queue, valid_from=day, **{name: fields[name] for name in FIELDS})
    _refuse(made, at)
    rows = RecordingPurpose.objects.filter(queue=queue)
    before = rows.valid_on(day).first()
    if before is not None and before.valid_from == day and before.stopped_at is not None:
        raise RefusedChange({"valid_from": _("Formålet er stoppet i dag. Et nyt kan begynde i morgen.")})
    if before is not None and before.valid_from == day:
        raise RefusedChange({"valid_from": _("Et andet formål begynder den dag. Vælg en senere dag.")})
    if before is not None:
        before.valid_to = day
        before.save(update_fields=["valid_to"])
    later = rows.filter(valid_from__gt=day).order_by("valid_from").first()
    made.valid_to = later.valid_from if later is not None else None
    made.save(force_insert=True)
    _record("recording_purpose.decide", made, by, at, after=_values(made))
    return made


@transaction.atomic
def stop(purpose: RecordingPurpose, *, by: Person, at: datetime) -> None:
    """Record nothing more for it. One that has not begun is removed; the one before it does not go on instead. Nothing
    happens to one that somebody else has just removed."""
    rows = RecordingPurpose.objects.select_for_update(of=("self",)).select_related("queue__centre")
    held, today = rows.filter(pk=purpose.pk).first(), day_of(at)
    if held is None:
        return
    if held.stopped_at is not None or (held.valid_to is not None and held.valid_to <= today):
        raise RefusedChange({"": _("Formålet er allerede ophørt.")})
    if held.valid_from > today:
        _record("recording_purpose.remove", held, by, at, before=_values(held))
        held.delete()
        return
    held.stopped_at, held.valid_to = at, today + timedelta(days=1)
    held.save(update_fields=["stopped_at", "valid_to"])
    _record("recording_purpose.stop", held, by, at, after={"stopped_at": at})


def _refuse(made: RecordingPurpose, at: datetime) -> None:
    planned_days.refuse_day(made.valid_from, at)
    wrong: dict[str, object] = {}
    if not made.purpose.strip():
        wrong["purpose"] = _("Skriv, hvad samtalerne optages til.")
    if not 1 <= made.keep_days <= LONGEST_KEPT:
        wrong["keep_days"] = _("Vælg mellem 1 og %(most)s dage.") % {"most": LONGEST_KEPT}
    for name in ("question", "question_en"):
        text = getattr(made, name)
        if "1" not in text and (text or name == "question"):
            wrong[name] = _("Spørgsmålet skal sige, at tasten 1 er ja.")
    if made.listeners not in {role.code for role in listening_roles()}:
        wrong["listeners"] = _("Vælg, hvem der må høre optagelserne.")
    if wrong:
        raise RefusedChange(wrong)


def _values(purpose: RecordingPurpose) -> dict[str, Any]:
    values = values_of(purpose, ("valid_from", *FIELDS))
    return {"recorded_for": values.pop("purpose"), **values}


def _record(
    action: str, purpose: RecordingPurpose, by: Person, at: datetime, *, before: Any = None, after: Any = None
) -> None:
    parts = (f"centre-{purpose.queue.centre.code}/queues",)
    record_change(action, purpose, by=by, at=at, before=before, after=after, parts=parts)
