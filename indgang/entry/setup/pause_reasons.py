"""Pause reasons: the list for agents, and the standard ones of a new centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import PauseReason, Presence, PresenceEvent
from indgang.entry.setup.changes import record_change

FIELDS = ("name", "name_en", "order", "reachable", "valid_from", "valid_to")
#: one change of the reasons at a time, because each is judged by all of them
_TURN = "entry_pausereason"
_LAST = gettext_lazy("Der skal altid være mindst én pauseårsag, ellers kan ingen holde pause.")


@dataclass(frozen=True, slots=True)
class Standard:
    """A reason that a centre begins with."""

    code: str
    name: str
    name_en: str


STANDARD: tuple[Standard, ...] = (
    Standard("frokost", "Frokost", "Lunch"),
    Standard("kort", "Kort pause", "Short break"),
    Standard("moede", "Møde", "Meeting"),
    Standard("oplaering", "Oplæring", "Training"),
    Standard("skriftligt", "Skriftlige henvendelser", "Written enquiries"),
    Standard("andet", "Anden opgave", "Other work"),
)


@transaction.atomic
def save(reason: PauseReason, fields: Mapping[str, Any], *, by: Person, at: datetime) -> PauseReason:
    """Add a reason (`code` set) or change one; `fields` holds any of FIELDS.

    Raises RefusedChange, by field, when a day from today on would be without any: nobody could take a break on it.
    """
    collisions.wait_for_turn(_TURN)
    new, bare = reason.pk is None, _first_day_without(day_of(at))
    _refuse_days(reason, fields)
    before = {} if new else trail.values_of(PauseReason.objects.get(pk=reason.pk), FIELDS)
    for name in FIELDS:
        setattr(reason, name, fields.get(name, getattr(reason, name)))
    with collisions.refused_in_words(RefusedChange, collisions.of_row(reason)):
        reason.save()
    if _leaves_a_day_bare(bare, day_of(at)):
        raise RefusedChange({"valid_to" if reason.valid_to != before.get("valid_to") else "valid_from": _LAST})
    after = trail.values_of(reason, FIELDS)
    record_change(f"pause_reason.{'create' if new else 'change'}", reason, by=by, at=at, before=before, after=after)
    return reason


@transaction.atomic
def remove(reason: PauseReason, *, by: Person, at: datetime) -> None:
    """Delete a reason that nobody has ever given. Raises RefusedChange for another, and when a day from today on would
    be without any."""
    collisions.wait_for_turn(_TURN)
    PauseReason.objects.select_for_update().get(pk=reason.pk)
    if is_used(reason):
        raise RefusedChange({"": _("Årsagen har været brugt, så den kan ikke slettes. Lad den i stedet slutte.")})
    bare = _first_day_without(day_of(at))
    record_change("pause_reason.remove", reason, by=by, at=at, before=trail.values_of(reason, FIELDS))
    reason.delete()
    if _leaves_a_day_bare(bare, day_of(at)):
        raise RefusedChange({"": _LAST})


def is_used(reason: PauseReason) -> bool:
    """Whether somebody has ever given it, has it now, or has asked for it after a conversation."""
    now_or_planned = Presence.objects.filter(Q(reason=reason) | Q(kept__afterwards__1=reason.code))
    return now_or_planned.exists() or PresenceEvent.objects.filter(reason=reason.code).exists()


def _refuse_days(reason: PauseReason, fields: Mapping[str, Any]) -> None:
    starts, ends = fields.get("valid_from", reason.valid_from), fields.get("valid_to")
    if ends and ends <= starts:
        raise RefusedChange({"valid_to": _("Slutdagen skal ligge efter den første dag.")})


def _leaves_a_day_bare(before: date | None, today: date) -> bool:
    """Whether the first day without any reason is one that the change has made; `before` was the first before it."""
    now = _first_day_without(today)
    return now is not None and (before is None or now < before)


def _first_day_without(today: date) -> date | None:
    """The first day from `today` on without any reason: it can only be today, or a day on which one ends."""
    rows = list(PauseReason.objects.all())
    days = sorted({today, *(row.valid_to for row in rows if row.valid_to and row.valid_to > today)})
    return next((day for day in days if not any(row.valid_on(day) for row in rows)), None)
