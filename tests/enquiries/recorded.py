"""Recorded conversations, written as the switchboard writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from indgang.core.clock import day_of
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import CallRecording, Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import RecordingPurpose
from indgang.entry.setup import recording_purposes
from indgang.telephony import sound
from tests.enquiries.told_calls import BAKERY, happen, talking
from tests.world import MORNING, World

SECONDS = 3.0


def purpose(world: World, queue: str = "tmf-byggeri", at: datetime = MORNING, **changed: Any) -> RecordingPurpose:
    fields = {
        "purpose": "oplæring", "basis": "consent", "keep_days": 30, "listeners": "team_leader",
        "question": "Må vi optage samtalen til oplæring? Tryk 1 for ja.", "question_en": "",
    }  # fmt: skip
    return recording_purposes.decide(world.queues[queue], fields | changed, day=day_of(at), by=world.finn, at=at)


def begun(world: World, of: RecordingPurpose, *, number: str = BAKERY, start: datetime = MORNING) -> Enquiry:
    """Anna talks with a caller who gave consent. The recording begins a minute after `start`."""
    enquiry = talking(world.anna, number, of.queue.code, start)
    about = {"queue": of.queue.code, "person": world.anna}
    return happen(
        str(enquiry.pk),
        (Kind.RECORDING_CONSENT, 20, {"queue": of.queue.code, "purpose": of.pk, "given": True, "how": "1"}),
        (Kind.RECORDING_BEGUN, 60, {**about, "purpose": of.pk, "recording": name_of(enquiry)}),
        start=start,
    )


def ended(enquiry: Enquiry, why: str = "over", after: float = 120.0, start: datetime = MORNING) -> None:
    happen(str(enquiry.pk), (Kind.RECORDING_ENDED, after, {"why": why, "recording": name_of(enquiry)}), start=start)


def name_of(enquiry: Enquiry) -> str:
    return f"conversation-{enquiry.pk}-3"


def recording(world: World, of: RecordingPurpose | None = None, **call: Any) -> CallRecording:
    """A complete recording with its sound file."""
    enquiry = begun(world, of or purpose(world), **call)
    start = enquiry.arrived_at
    ended(enquiry, start=start)
    happen(str(enquiry.pk), (Kind.ENDED, 125, {"by": "caller", "person": world.anna}), start=start)
    DatabaseJournal().keep_conversation(name_of(enquiry), sound.tone(SECONDS))
    return CallRecording.objects.get(enquiry=enquiry)
