"""Recorded conversations: kept with a deletion date, heard only by those whom the purpose names, each time written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BinaryField, Q, QuerySet
from django.db.models.functions import Length, Substr
from django.utils.translation import gettext as _

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit import listening, trail
from indgang.audit.models import Look
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import CallRecording, Enquiry
from indgang.entry.event_kinds import Kind, RecordingBegun, RecordingEnded
from indgang.entry.models import RecordingPurpose
from indgang.entry.setup.recording_purposes import listening_roles
from indgang.events.event import Event
from indgang.telephony import sound as sounds

#: the page that a look at a recording names
PAGE = "office.recording"
SHORTEST_REASON = 5


# --- what the switchboard writes -----------------------------------------------------------------


def keep_event(enquiry: Enquiry, event: Event[Any]) -> None:
    """Keep the recording that begins or ends with this event of the enquiry; one that was withdrawn is deleted."""
    told = event.payload
    if isinstance(told, RecordingBegun):
        _begun(enquiry, event, told)
    elif isinstance(told, RecordingEnded):
        of_it = CallRecording.objects.filter(name=told.recording or "")
        if told.why == "withdrawn":
            of_it.delete()
        else:
            of_it.update(ended_at=event.at)


def _begun(enquiry: Enquiry, event: Event[Any], told: RecordingBegun) -> None:
    keep_days = RecordingPurpose.objects.filter(pk=told.purpose).values_list("keep_days", flat=True).first()
    if keep_days is None or not told.recording:
        return  # without a purpose there is nothing to keep it for: its sound is thrown away when it is fetched
    CallRecording.objects.update_or_create(
        name=told.recording,
        defaults={
            "enquiry_id": enquiry.pk, "purpose_id": told.purpose, "agent_id": event.person, "began_at": event.at,
            "delete_at": event.at + timedelta(days=keep_days),
        },
    )  # fmt: skip


#: the events that `keep_event` is about
KINDS = frozenset({Kind.RECORDING_BEGUN, Kind.RECORDING_ENDED})


def keep_sound(name: str, wav: bytes) -> None:
    """Store the sound; a recording that has been deleted meanwhile stays deleted."""
    try:
        seconds = sounds.seconds_of(wav)
    except sounds.BadRecording:  # an exchange that stopped in mid-recording leaves a file that is no sound
        return
    CallRecording.objects.filter(name=name).update(sound=wav, seconds=seconds)


# --- who may hear them ---------------------------------------------------------------------------


def heard_by(person: Person, day: date) -> QuerySet[CallRecording]:
    """The recordings that this person may hear on a day, newest first, without their sound: those whose purpose names a
    role that they have for the queue's centre."""
    wanted = [role.code for role in listening_roles()]
    mine = Q(pk__in=())
    held = RoleAssignment.objects.valid_on(day).filter(person=person, role__in=wanted)
    for role, path in held.values_list("role", "unit__path"):
        mine |= Q(purpose__listeners=role, purpose__queue__centre__owner__path__startswith=path or "")
    rows = CallRecording.objects.filter(mine) if person.is_active else CallRecording.objects.none()
    return rows.select_related("enquiry", "purpose__queue__centre", "agent").defer("sound").order_by("-began_at")


def listen(recording: CallRecording, *, why: str, by: Person, at: datetime) -> Look:
    """Write who listens, when and why; only then the sound may be fetched (`sound_for`). Raises RefusedChange without a
    reason."""
    look_why = _reason(why, _("Skriv, hvorfor du vil høre optagelsen, fx “oplæring af ny kollega”."))
    return listening.begin(recording, page=PAGE, why=look_why, by=by, at=at)


def sound_size(recording: CallRecording, look: int, *, by: Person, at: datetime) -> int:
    """How many bytes `sound_for` has for this person."""
    if not may_hear_now(recording, look, by=by, at=at):
        return 0
    return CallRecording.objects.filter(pk=recording.pk).values_list(Length("sound"), flat=True).first() or 0


def sound_for(
    recording: CallRecording, look: int, *, by: Person, at: datetime, first: int = 0, last: int | None = None
) -> bytes:
    """The sound (WAV) for somebody who has just written why; empty for anybody else, and when there is none. With
    `first` and `last`, which is included, only these bytes are read."""
    if not may_hear_now(recording, look, by=by, at=at):
        return b""
    many = None if last is None else last + 1 - first
    read = Substr("sound", first + 1, many, output_field=BinaryField())
    return bytes(CallRecording.objects.filter(pk=recording.pk).values_list(read, flat=True).first() or b"")


def may_hear_now(recording: CallRecording, look: int, *, by: Person, at: datetime) -> bool:
    """Whether this person has just written, as that look, why they listen."""
    return listening.may_hear_now(recording, look, page=PAGE, by=by, at=at)


def listenings(recording: CallRecording) -> QuerySet[Look]:
    """Who has listened, newest first."""
    return listening.listenings(recording, page=PAGE)


def delete(recording: CallRecording, *, why: str, by: Person, at: datetime) -> None:
    """Delete a recording before its date, because the caller withdraws or it should not have been made. Nothing happens
    to one that somebody else has just deleted."""
    reason = _reason(why, _("Skriv, hvorfor optagelsen skal slettes."))
    with transaction.atomic():
        held = CallRecording.objects.select_for_update().defer("sound").filter(pk=recording.pk).first()
        if held is None:
            return
        about = {"enquiry": str(held.enquiry_id), "began_at": held.began_at}
        trail.record(by=by, at=at, action="recording.delete", target=held, before=about, why=reason)
        held.delete()


def _reason(why: str, missing: str) -> str:
    why = " ".join(why.split())
    if len(why) < SHORTEST_REASON or has_cpr(why):
        raise RefusedChange({"why": missing if not has_cpr(why) else _("Skriv kort hvorfor, uden CPR-nummer.")})
    return why
