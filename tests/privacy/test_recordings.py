"""Recordings go on their own date, with an erasure, and into the copy; the story of the call stays."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.enquiries import data_subjects
from indgang.enquiries.models import CallRecording, Enquiry
from indgang.enquiries.personal_data import RECORDINGS
from indgang.enquiries.verification import Verification
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.privacy import erasure, nightly, plan
from indgang.privacy.models import Scrubbing
from indgang.privacy.store import DjangoStore
from indgang.privacy.subjects import copy_of
from tests.enquiries.recorded import purpose, recording
from tests.enquiries.told_calls import BAKERY
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def night(days: float) -> None:
    assert nightly.run(DjangoStore(), at=MORNING + timedelta(days=days), rest=0)


def test_each_goes_in_the_night_after_its_own_date(world: World) -> None:
    short, long = purpose(world, keep_days=5), purpose(world, "tmf-byliv", keep_days=60)
    recording(world, short)
    kept = recording(world, long, number="+4599990102")
    night(4.5)
    assert CallRecording.objects.count() == 2
    night(6)
    assert CallRecording.objects.get() == kept
    logged = Scrubbing.objects.get(kind="recordings")
    assert (logged.rows, logged.table) == (1, "enquiries_callrecording")
    night(61)
    assert not CallRecording.objects.exists()


def test_nobody_sets_another_time_for_what_has_its_own_date(world: World) -> None:
    with pytest.raises(RefusedChange):
        plan.decide(RECORDINGS, days=90, why="længere tid", day=day_of(MORNING), by=world.finn, at=MORNING)


def test_the_anonymous_story_of_the_call_stays(world: World) -> None:
    enquiry = recording(world).enquiry
    night(400)
    told = {each.kind: each.event.data for each in StoredEvent.objects.filter(stream=enquiry.pk)}
    assert told[Kind.RECORDING_CONSENT]["given"] is True
    assert "recording" not in told[Kind.RECORDING_BEGUN]
    assert Enquiry.objects.get(pk=enquiry.pk).events == len(told)
    assert not list(Verification().run())


def test_the_data_subject_gets_the_sound_and_has_it_erased(world: World) -> None:
    made, other = recording(world, agreed := purpose(world)), recording(world, agreed, number="+4599990102")
    subject = data_subjects.subject(BAKERY, [])
    held = next(each for each in copy_of(subject).held if each.kind is RECORDINGS)
    assert [row["formål"] for row in held.rows] == ["oplæring"]
    assert base64.b64decode(held.rows[0]["lyd (WAV, base64)"]) == bytes(made.sound or b"")
    erasure.ask(subject, why="anmodning 12", by=world.finn, at=MORNING)
    erasure.carry_out(DjangoStore(), at=MORNING)
    assert CallRecording.objects.get() == other
