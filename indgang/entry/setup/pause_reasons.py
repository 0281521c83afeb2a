"""Pause reasons: the list for agents, and the standard ones of a new centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
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

    Raises RefusedChange, by field, when the last one would end: nobody could take a break any more.
    """
    new = reason.pk is None
    _refuse_days(reason, fields)
    before = {} if new else trail.values_of(PauseReason.objects.get(pk=reason.pk), FIELDS)
    for name in FIELDS:
        setattr(reason, name, fields.get(name, getattr(reason, name)))
    with collisions.refused_in_words(RefusedChange, collisions.of_row(reason)):
        reason.save()
    after = trail.values_of(reason, FIELDS)
    record_change(f"pause_reason.{'create' if new else 'change'}", reason, by=by, at=at, before=before, after=after)
    return reason


@transaction.atomic
def remove(reason: PauseReason, *, by: Person, at: datetime) -> None:
    """Delete a reason that nobody has ever given. Raises RefusedChange for another, and for the last one."""
    PauseReason.objects.select_for_update().get(pk=reason.pk)
    if is_used(reason):
        raise RefusedChange({"": _("Årsagen har været brugt, så den kan ikke slettes. Lad den i stedet slutte.")})
    if not _others_after(reason, day_of(at)):
        raise RefusedChange({"": _LAST})
    record_change("pause_reason.remove", reason, by=by, at=at, before=trail.values_of(reason, FIELDS))
    reason.delete()


def is_used(reason: PauseReason) -> bool:
    """Whether somebody has ever given it, or has it now."""
    return Presence.objects.filter(reason=reason).exists() or PresenceEvent.objects.filter(reason=reason.code).exists()


def _refuse_days(reason: PauseReason, fields: Mapping[str, Any]) -> None:
    starts, ends = fields.get("valid_from", reason.valid_from), fields.get("valid_to")
    if ends and ends <= starts:
        raise RefusedChange({"valid_to": _("Slutdagen skal ligge efter den første dag.")})
    if ends and not _others_after(reason, ends):
        raise RefusedChange({"valid_to": _LAST})


def _others_after(reason: PauseReason, day: date) -> bool:
    return bool(PauseReason.objects.valid_on(day).exclude(pk=reason.pk).exists())
