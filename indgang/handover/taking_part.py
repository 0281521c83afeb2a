"""Taking part in a hand-over without having it: whoever does has it in their own list, hears of what is new, and writes
on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.events.event import EventKind
from indgang.handover import recipients, stream
from indgang.handover.event_kinds import HandoverKind, TakesPart
from indgang.handover.models import Handover, Participant
from indgang.live import stale


@transaction.atomic
def join(handover: Handover, *, by: Person, at: datetime) -> Handover:
    """Take part from now on. A second time changes nothing. Raises RefusedChange."""
    locked = stream.locked(handover)
    if not locked.is_open:
        raise RefusedChange({"": _("Den er allerede afsluttet.")})
    if not recipients.may_see(by, locked, day_of(at)):
        raise RefusedChange({"": _("Den ligger hos en anden enhed.")})
    unit = recipients.joining_unit(by, locked, day_of(at))
    _participant, is_new = Participant.objects.update_or_create(
        handover=locked, person=by, defaults={"unit": unit}, create_defaults={"unit": unit, "since": at}
    )
    if is_new:
        _write(locked, HandoverKind.JOINED, "join", by=by, at=at)
    return locked


@transaction.atomic
def leave(handover: Handover, *, by: Person, at: datetime) -> Handover:
    """Take no part any more, also when it is over. A second time changes nothing."""
    locked = stream.locked(handover)
    gone, _rows = Participant.objects.filter(handover=locked, person=by).delete()
    if gone:
        _write(locked, HandoverKind.LEFT, "leave", by=by, at=at)
    return locked


def _write(handover: Handover, kind: EventKind[TakesPart], verb: str, *, by: Person, at: datetime) -> None:
    stream.append(handover, kind, by=by, at=at)
    trail.record(by=by, at=at, action=f"handover.{verb}", target=handover)
    stale.mark(f"person-{by.pk}/handovers")
