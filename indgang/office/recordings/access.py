"""Which recordings a person may hear, and for which queues they may decide what is recorded."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries import recordings
from indgang.enquiries.models import CallRecording
from indgang.entry.models import Queue, RecordingPurpose


def recordings_of(person: Person) -> QuerySet[CallRecording]:
    return recordings.heard_by(person, clock.today())


def recording_for(person: Person, pk: int) -> CallRecording:
    return get_object_or_404(recordings_of(person), pk=pk)


def purpose_of(queue: Queue, pk: int) -> RecordingPurpose:
    found: RecordingPurpose = get_object_or_404(queue.recording_purposes.all(), pk=pk)
    return found
