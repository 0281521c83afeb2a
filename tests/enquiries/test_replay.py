"""For any sequence of events on any channel, replaying the events gives the enquiry's row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indgang.accounts.models import Person
from indgang.core.ids import uuid7
from indgang.enquiries import registration, stream, verification
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.journal import DatabaseJournal, events_of
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.enquiries.registration import QuestionData, RegistrationError, TypedTimes
from indgang.enquiries.verification import COLUMNS, Verification
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.events import kinds
from indgang.events.event import EventKind
from indgang.events.models import StoredEvent
from tests import sample
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(hours=1)
MEASURED = [kind for kind in kinds.declared() if kind.payload.__module__ == "indgang.entry.event_kinds"] + [
    Kind.HELD, Kind.RESUMED, EnquiryKind.RECEIVED, EnquiryKind.CONTACT_WROTE, EnquiryKind.REPLIED, EnquiryKind.REOPENED,
]  # fmt: skip
BY_HAND = sorted(set(Channel.values))

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
long_texts = st.one_of(texts, st.just("Sagsbehandler på Rådhuset " * 20))
moments = st.integers(-90_000, 90_000).map(lambda seconds: (MORNING + timedelta(seconds=seconds)).isoformat())
#: `by` is the name of a person, who is put in where it is written
payloads = st.fixed_dictionaries(
    {},
    optional={
        "name": long_texts, "label": long_texts, "key": texts, "language": texts, "warm": st.booleans(),
        "seconds": st.floats(0, 1e5, allow_nan=False), "number": st.sampled_from(["", "+4599990101", "4" * 60]),
        "caller_number": st.sampled_from(["", "+4599990101", "4" * 60]), "caller_name": long_texts,
        "dialled": st.sampled_from(["+4533661000", "3" * 60]), "centre": st.sampled_from(["tmf", "bif", "nowhere", ""]),
        "asked_at": st.none() | moments, "due": st.none() | moments, "until": st.none() | moments,
        "standing": st.none() | st.uuids().map(str), "by": st.sampled_from(["anna", "bo"]), "reopened": st.booleans(),
        "automatic": st.booleans(), "why": st.sampled_from(["", "spam", "merged", "answered", "caller_gone"]),
        "channel": st.sampled_from(sorted(Channel.values)),
    },
)  # fmt: skip
steps = st.lists(
    st.tuples(
        st.sampled_from([kind for kind in MEASURED if not stream.begins(kind)]),
        payloads,
        st.sampled_from(["", "tmf-byggeri", "tmf-byliv", "bif-erhverv", "nowhere"]),
        st.integers(-2_000_000, 90_000_000),
        st.sampled_from([None, "anna", "bo", "david"]),
        st.booleans(),
    ),
    max_size=12,
)
hands = st.lists(st.sampled_from(["register", "correct", "discard", "again"]), max_size=4)


def _person(world: World, name: str | None) -> Person | None:
    return getattr(world, name) if name else None


def with_ids(data: dict[str, Any], world: World) -> dict[str, Any]:
    """Drawn data with ids in place of names."""
    by = _person(world, data.get("by"))
    return data | {"by": by.pk} if by else data


def _written(beginning: EventKind[Any], first: dict[str, Any], told: Iterable[Any], world: World) -> Enquiry:
    """Write an enquiry as the switchboard does, in batches whose ends are drawn too."""
    key, at = str(uuid7()), MORNING
    journal, batch = DatabaseJournal(), Batch(at)
    batch.events.append(beginning.event(key, at, person=world.anna.pk, data=with_ids(first, world)))
    for kind, data, queue, microseconds, name, ends in told:
        person = _person(world, name)
        at += timedelta(microseconds=microseconds)
        batch.events.append(kind.event(key, at, queue, person.pk if person else None, with_ids(data, world)))
        if ends:
            journal.write([batch])
            batch = Batch(at)
    journal.write([batch])
    return Enquiry.objects.get(pk=key)


def _question(world: World, outcome: str = "resolved") -> QuestionData:
    return QuestionData(world.services["affald"], world.purposes["vejledning"], "general", outcome, note="Om en have.")


def _by_hand(enquiry: Enquiry, doing: Iterable[str], world: World, at: datetime) -> None:
    """Perform the agents' actions on the enquiry. A refused action changes nothing."""
    for number, what in enumerate(doing):
        by = world.bo if what == "again" else world.anna
        enquiry.refresh_from_db()
        try:
            if what == "correct":
                question = enquiry.questions.filter(registered_by=by).first()
                if question:
                    registration.correct(question, to=_question(world, "other"), by=by, at=at)
            elif what == "discard":
                registration.discard(enquiry, by=by, at=at)
            else:
                times = TypedTimes(MORNING + timedelta(minutes=number), 7.3)
                registration.register(enquiry, questions=[_question(world)], times=times, by=by, at=at, seen=number)
        except RegistrationError:
            continue


def _deviations() -> list[verification.Deviation]:
    return list(Verification().run())


#: events that set the columns of promised calls and of those who wait for one person
_PROMISED_AND_PERSONAL = [
    (Kind.PERSONAL_WAIT, {"until": MORNING.isoformat(), "by": "bo"}, "tmf-byggeri", 1_000_000, "anna", True),
    (Kind.CALLBACK, {"asked_at": MORNING.isoformat(), "due": LATER.isoformat()}, "tmf-byggeri", 1_000_000, None, True),
]


@given(st.sampled_from([kind for kind in MEASURED if stream.begins(kind)]), payloads, steps, hands)
@example(EnquiryKind.RECEIVED, {"channel": "mail", "centre": "tmf"}, _PROMISED_AND_PERSONAL, ["register"])
@settings(max_examples=sample.examples(60), suppress_health_check=sample.SUPPRESSED)
def test_enquiries_follow_from_their_events(
    world: World, beginning: EventKind[Any], first: dict[str, Any], told: list[Any], doing: list[str]
) -> None:
    savepoint = transaction.savepoint()
    try:
        enquiry = _written(beginning, first, told, world)
        _by_hand(enquiry, doing, world, LATER)
        assert _deviations() == []
        assert {each.channel for each in StoredEvent.objects.all()} == {enquiry.channel}
    finally:
        transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize("channel", BY_HAND)
@given(doing=hands, number=st.sampled_from(["", "+4599990101"]), name=long_texts, centre=st.sampled_from(["", "tmf"]))
@settings(max_examples=sample.examples(25), suppress_health_check=sample.SUPPRESSED)
def test_what_is_begun_by_hand_follows_from_its_events(
    world: World, channel: str, doing: list[str], number: str, name: str, centre: str
) -> None:
    savepoint = transaction.savepoint()
    try:
        enquiry = registration.walk_in(
            channel=channel, by=world.anna, at=LATER, centre=world.centres.get(centre), number=number, name=name
        )
        _by_hand(enquiry, doing, world, LATER)
        assert _deviations() == []
        stored = StoredEvent.objects.filter(stream=enquiry.pk).order_by("number")
        assert stored[0].kind == EnquiryKind.BEGUN
        assert {(each.channel, each.centre) for each in stored} == {(channel, centre)}
    finally:
        transaction.savepoint_rollback(savepoint)


def test_every_column_is_either_derived_or_chosen_by_people() -> None:
    columns = {field.attname for field in Enquiry._meta.concrete_fields}
    assert set(COLUMNS) == columns - {"party_id"}
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_a_kind_that_another_package_declares_is_counted_and_replayed(world: World) -> None:
    stranger: EventKind[Any] = kinds.named("test_of_another_package")
    enquiry = talked(world.anna)
    DatabaseJournal().write([Batch(LATER, events=[stranger.event(str(enquiry.pk), LATER, data={"x": 1})])])
    assert _deviations() == []
    assert events_of(enquiry)[-1].data == {"x": 1}


# --- The command ---------------------------------------------------------------------------------


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("enquiries", "verify", *arguments, stdout=out)
    return out.getvalue()


def test_verify_says_that_all_is_well(world: World) -> None:
    talked(world.anna)
    registration.walk_in(channel=Channel.WALK_IN, by=world.bo, at=LATER)
    assert "2 enquiries with 7 events replayed: no differences" in verify()
    assert "1 enquiries" in verify("--sample", "1")


def test_verify_names_what_differs_and_hides_whose_it_is(world: World) -> None:
    right, wrong = talked(world.anna), talked(world.bo)
    Enquiry.objects.filter(pk=wrong.pk).update(talk_seconds=1, caller_number="+4512345678", state=State.LEFT)
    out = StringIO()
    with pytest.raises(CommandError, match=r"2 enquiries .* 1 differ") as failed:
        call_command("enquiries", "verify", stdout=out)
    assert failed.value.returncode == 1
    said = out.getvalue()
    assert f"{wrong.pk} talk_seconds: 1.0 in the row, 120.0 by its events" in said
    assert f"{wrong.pk} state: left in the row, unregistered by its events" in said
    assert f"{wrong.pk} caller_number: differs" in said
    assert "12345678" not in said
    assert str(right.pk) not in said


def test_verify_names_enquiries_whose_events_make_no_row(world: World) -> None:
    Enquiry.objects.create(channel=Channel.PHONE, state=State.LEFT, arrived_at=MORNING)
    (found,) = _deviations()
    assert (found.column, found.replayed) == ("-", "ValueError: an enquiry has at least one event")


def test_who_has_been_deleted_since_is_no_difference(world: World) -> None:
    leaver = Person.objects.create(username="farvel", name="Frida Farvel")
    enquiry = talked(leaver)
    Enquiry.objects.filter(pk=enquiry.pk).update(agent=None)
    assert [each.column for each in _deviations()] == ["agent_id"]
    leaver.delete()
    assert _deviations() == []


def test_an_unknown_sample_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        verify("--sample", "0")
