"""Recordings have a retention date, few people may play them, and each playback is logged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.audit.models import Change, Look
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.enquiries import recordings
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import CallRecording
from indgang.telephony import sound
from tests.enquiries.recorded import SECONDS, begun, ended, name_of, purpose, recording
from tests.world import MORNING, World

TODAY = day_of(MORNING)
LATER = MORNING + timedelta(hours=2)


def test_it_has_its_purpose_and_its_deletion_date_from_the_beginning(world: World) -> None:
    agreed = purpose(world, keep_days=12)
    enquiry = begun(world, agreed)
    made = CallRecording.objects.get()
    assert (made.enquiry, made.purpose, made.agent) == (enquiry, agreed, world.anna)
    assert made.delete_at == made.began_at + timedelta(days=12)
    assert (made.sound, made.seconds, made.ended_at) == (None, None, None)
    ended(enquiry)
    DatabaseJournal().keep_conversation(made.name, wav := sound.tone(SECONDS))
    made.refresh_from_db()
    assert bytes(made.sound or b"") == wav
    assert made.seconds == pytest.approx(SECONDS, abs=0.1)
    assert made.ended_at == MORNING + timedelta(seconds=120)


def test_a_withdrawn_one_is_deleted_and_its_sound_never_stored(world: World) -> None:
    enquiry = begun(world, purpose(world))
    ended(enquiry, "withdrawn")
    DatabaseJournal().keep_conversation(name_of(enquiry), sound.tone(1))
    assert not CallRecording.objects.exists()


def test_a_file_that_is_no_sound_is_not_stored(world: World) -> None:
    enquiry = begun(world, purpose(world))
    DatabaseJournal().keep_conversation(name_of(enquiry), b"")
    assert CallRecording.objects.get().sound is None


@pytest.mark.parametrize(("listeners", "hearing"), [("team_leader", {"eva"}), ("subject_coordinator", {"ida"})])
def test_only_the_role_that_the_purpose_names_hears_it(world: World, listeners: str, hearing: set[str]) -> None:
    recording(world, purpose(world, listeners=listeners))
    heard = {name for name, person in world.people.items() if recordings.heard_by(person, TODAY).exists()}
    assert heard == hearing


def test_a_leader_of_another_centre_or_of_yesterday_hears_nothing(world: World) -> None:
    recording(world)
    RoleAssignment.objects.create(person=world.otto, role="team_leader", unit=world.units["bif"])
    assert not recordings.heard_by(world.otto, TODAY).exists()
    RoleAssignment.objects.filter(person=world.eva).update(valid_to=TODAY)
    assert not recordings.heard_by(world.eva, TODAY).exists()
    assert recordings.heard_by(world.eva, TODAY - timedelta(days=1)).exists()


def test_nobody_gets_the_sound_before_it_is_written_why(world: World) -> None:
    made = recording(world)
    for why in ("", "  ", "hør", "borger 0101901234"):
        with pytest.raises(RefusedChange):
            recordings.listen(made, why=why, by=world.eva, at=LATER)
    assert not Look.objects.filter(page=recordings.PAGE).exists()
    assert recordings.sound_for(made, 1, by=world.eva, at=LATER) == b""
    look = recordings.listen(made, why="oplæring af Bo", by=world.eva, at=LATER)
    assert recordings.sound_for(made, look.pk, by=world.eva, at=LATER) == bytes(made.sound or b"")
    assert recordings.sound_for(made, look.pk, by=world.ida, at=LATER) == b"", "another's reason"
    assert recordings.sound_for(made, look.pk, by=world.eva, at=LATER + timedelta(hours=2)) == b"", "long ago"
    listed = [(each.by_label, each.why) for each in recordings.listenings(made)]
    assert listed == [(world.eva.audit_label, "oplæring af Bo")]


def test_a_part_of_the_sound_needs_the_reason_too(world: World) -> None:
    made = recording(world)
    look = recordings.listen(made, why="oplæring af Bo", by=world.eva, at=LATER)
    wav = bytes(made.sound or b"")
    assert recordings.sound_size(made, look.pk, by=world.eva, at=LATER) == len(wav)
    assert recordings.sound_for(made, look.pk, by=world.eva, at=LATER, first=4, last=9) == wav[4:10]
    assert recordings.sound_size(made, look.pk, by=world.ida, at=LATER) == 0
    assert recordings.sound_for(made, look.pk, by=world.ida, at=LATER, first=4, last=9) == b""


def test_a_reason_for_one_recording_is_none_for_another(world: World) -> None:
    made = recording(world, agreed := purpose(world))
    other = recording(world, agreed, number="+4599990102", start=MORNING + timedelta(minutes=30))
    look = recordings.listen(made, why="oplæring af Bo", by=world.eva, at=LATER)
    assert recordings.sound_for(other, look.pk, by=world.eva, at=LATER) == b""


def test_it_is_deleted_before_its_date_with_a_reason_on_the_trail(world: World) -> None:
    made = recording(world)
    with pytest.raises(RefusedChange):
        recordings.delete(made, why="", by=world.eva, at=LATER)
    key = made.pk
    recordings.delete(made, why="borgeren har bedt om det", by=world.eva, at=LATER)
    assert not CallRecording.objects.exists()
    change = Change.objects.get(action="recording.delete")
    assert (change.target_label, change.why) == (f"Optagelse {key}", "borgeren har bedt om det")


def test_two_who_delete_it_at_once_leave_one_row_on_the_trail(world: World) -> None:
    made = recording(world)
    seen_by_another = CallRecording.objects.get(pk=made.pk)
    for each in (made, seen_by_another):
        recordings.delete(each, why="borgeren har bedt om det", by=world.eva, at=LATER)
    assert Change.objects.filter(action="recording.delete").count() == 1


def test_one_for_a_purpose_that_does_not_exist_is_not_kept(world: World) -> None:
    agreed = purpose(world)
    agreed.delete()
    agreed.pk = 4_711
    enquiry = begun(world, agreed)
    DatabaseJournal().keep_conversation(name_of(enquiry), sound.tone(1))
    assert not CallRecording.objects.exists()
