"""What is kept for its time and then scrubbed: no figure changes, no way leads back, what is done is counted once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.core.refusals import RefusedChange
from indgang.enquiries import parties, registration, stream
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import Draft, Enquiry, Party, Question, ReturnCall
from indgang.enquiries.personal_data import (
    CALL_EVENTS,
    CONTACT_RECORD,
    DRAFTS,
    OF_CALLERS,
    RETURN_CALLS,
    VOICE_MESSAGES,
)
from indgang.enquiries.registration import QuestionData
from indgang.enquiries.verification import Verification
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import Alert, Queue
from indgang.events.models import StoredEvent
from indgang.knowledge.models import Search, SearchDocument
from indgang.measures import recount
from indgang.measures.period import Period
from indgang.privacy import kinds, nightly, plan, scrubbing
from indgang.privacy.models import RetentionRule, Scrubbing, ScrubbingProgress
from indgang.privacy.store import DjangoStore
from tests import sample
from tests.enquiries.test_replay import MEASURED, payloads, with_ids
from tests.enquiries.told_calls import BAKERY, abandoned, talked, talking
from tests.world import MORNING, World, build

pytestmark = pytest.mark.django_db


def night(days: float, at: datetime = MORNING) -> bool:
    """The night so many days after the calls of the tests."""
    return nightly.run(DjangoStore(), at=at + timedelta(days=days), rest=0)


def registered(world: World, note: str, start: datetime = MORNING, number: str = BAKERY) -> Enquiry:
    enquiry = talked(world.anna, start=start, number=number)
    asked = QuestionData(world.services["affald"], world.purposes["vejledning"], "general", "resolved", note=note)
    registration.register(enquiry, questions=[asked], by=world.anna, at=start + timedelta(minutes=10))
    return enquiry


def all_text() -> str:
    """Everything that the tables of calls hold, as text."""
    tables = ("enquiries_enquiry", "enquiries_question", "enquiries_returncall", "enquiries_party", "events_event",
              "enquiries_partynumber", "knowledge_searchdocument", "enquiries_draft")  # fmt: skip
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            found.append((cursor.fetchone() or ("",))[0] or "")
    return " ".join(found)


# --- No figure changes ---------------------------------------------------------------------------

_NOT_PERSONAL = [
    field.attname
    for field in Enquiry._meta.concrete_fields
    if field.name not in ("caller_number", "caller_name", "dialled", "party", "transferred_to")
]


def figures() -> Any:
    """What any figure is made of: the sums of the day, every row without its personal columns, each event's shape."""
    events = StoredEvent.objects.order_by("stream", "number")
    shapes = [
        (each.stream, each.number, each.position, each.at, each.kind, each.queue, each.person, each.level, each.centre,
         {name: value for name, value in each.data.items() if name not in (*OF_CALLERS, "scrubbed")})
        for each in events
    ]  # fmt: skip
    rows = list(Enquiry.objects.order_by("pk").values_list(*_NOT_PERSONAL))
    questions = list(Question.objects.order_by("pk").values_list("enquiry", "service", "purpose", "outcome"))
    return rows, questions, shapes, sums()


def sums() -> Any:
    """The sums of the day of the calls and the one after, counted from the events."""
    period, at = Period(MORNING - timedelta(days=1), MORNING + timedelta(days=2)), MORNING + timedelta(days=2)
    queues = list(Queue.objects.order_by("pk").values_list("pk", flat=True))
    centres = [recount.contacts(pk, period) for pk in ContactCentre.objects.order_by("pk").values_list("pk", flat=True)]
    agents = [recount.agent(pk, period, at=at) for pk in Person.objects.order_by("pk").values_list("pk", flat=True)]
    return recount.segments(queues, period, at=at), centres, agents


personal_payloads = st.tuples(payloads, st.sampled_from(["+4528913370", "Mona Lisbjerg", ""])).map(
    lambda drawn: drawn[0] | {name: drawn[1] for name in ("name", "address", "recording", "text") if drawn[1]}
)
told = st.lists(
    st.tuples(
        st.sampled_from([kind for kind in MEASURED if not stream.begins(kind)]),
        st.one_of(personal_payloads, st.fixed_dictionaries({"name": st.sampled_from(["A", "B", ""]),
                                                            "warm": st.booleans()})),
        st.sampled_from(["", "tmf-byggeri", "bif-erhverv"]),
        st.integers(0, 90_000_000),
        st.sampled_from([None, "anna", "bo"]),
    ),
    max_size=14,
)  # fmt: skip


@given(st.lists(told, min_size=1, max_size=3), st.sampled_from([CALL_EVENTS, CONTACT_RECORD]))
@settings(
    max_examples=sample.examples(60),
    suppress_health_check=sample.SUPPRESSED,
    phases=[Phase.generate],
)
def test_replay_gives_the_same_before_and_after(world: World, calls: list[Any], kind: Any) -> None:
    savepoint = transaction.savepoint()
    try:
        for each in calls:
            _told(world, each)
        ReturnCall.objects.update(done_at=MORNING, result="reached")
        before = figures()
        night(kind.days + 2)
        assert figures() == before
        assert list(Verification().run()) == []
        text = all_text() if kind is CONTACT_RECORD else str(list(StoredEvent.objects.values_list("data", flat=True)))
        if not Enquiry.objects.exclude(phase="").exists():
            assert "28913370" not in text
            assert "Lisbjerg" not in text
    finally:
        transaction.savepoint_rollback(savepoint)


def _told(world: World, told: list[Any]) -> None:
    key, at = str(uuid7()), MORNING
    arrived = {"dialled": "+4533661000", "caller_number": "+4528913370", "caller_name": "Mona", "centre": "tmf"}
    batch = Batch(at, events=[Kind.ARRIVED.event(key, at, data=arrived)])
    for kind, data, queue, microseconds, name in told:
        at += timedelta(microseconds=microseconds)
        person = getattr(world, name).pk if name else None
        known = {name: value for name, value in with_ids(data, world).items() if name in kind.names}
        batch.events.append(kind.event(key, at, queue, person, known))
    batch.events.append(Kind.ENDED.event(key, at, data={"by": "caller"}))
    DatabaseJournal().write([batch])


# --- What goes, what stays, and when -------------------------------------------------------------


def test_numbers_go_after_ninety_days_the_record_after_a_year_and_the_figures_stay(world: World) -> None:
    enquiry = registered(world, "Ring til Mona Lisbjerg på 28913370 om den grønne container.")
    parties.create_and_link(enquiry, kind="citizen", name="Mona Lisbjerg", by=world.anna, at=MORNING)
    assert SearchDocument.objects.filter(kind="answer").exists()
    before = figures()

    assert night(89)
    assert BAKERY in str(list(StoredEvent.objects.values_list("data", flat=True)))
    assert night(91)
    assert BAKERY not in str(list(StoredEvent.objects.values_list("data", flat=True)))
    assert Enquiry.objects.get().caller_number == BAKERY
    assert list(Verification().run()) == []

    assert night(366)
    assert figures() == before
    text = all_text()
    assert BAKERY not in text
    assert "Lisbjerg" not in text
    assert "container" not in text
    assert not Party.objects.filter(name="Mona Lisbjerg").exists()
    assert list(Verification().run()) == []


def test_the_log_says_what_how_many_and_by_which_rule(world: World) -> None:
    for minute in range(3):
        talked(world.anna, start=MORNING + timedelta(minutes=minute))
    night(91)
    row = Scrubbing.objects.get(kind="call_events")
    assert (row.rows, row.days, row.day) == (3, 90, day_of(MORNING + timedelta(days=91)))
    assert row.before == MORNING + timedelta(days=1)
    night(91)
    night(92)
    assert Scrubbing.objects.get(kind="call_events").rows == 3, "what is scrubbed is not counted again"


def test_a_call_that_goes_on_and_a_row_that_is_locked_are_passed_over_and_found_the_next_night(world: World) -> None:
    going_on, over = talking(world.anna), talked(world.bo)
    night(400)
    going_on.refresh_from_db()
    over.refresh_from_db()
    assert (going_on.caller_number, over.caller_number) == (BAKERY, "")
    DatabaseJournal().write([Batch(MORNING, events=[Kind.ENDED.event(str(going_on.pk), MORNING, data={"by": "x"})])])
    night(401)
    going_on.refresh_from_db()
    assert going_on.caller_number == ""
    assert list(Verification().run()) == []


def test_an_outcome_can_have_a_time_of_its_own(world: World) -> None:
    hung_up, spoken = abandoned(), talked(world.anna)
    plan.decide(CONTACT_RECORD, days=14, outcome="abandoned", why="De fik ikke talt med nogen", day=day_of(MORNING),
                by=world.finn, at=MORNING)  # fmt: skip
    night(15)
    assert [Enquiry.objects.get(pk=each.pk).caller_number for each in (hung_up, spoken)] == ["", BAKERY]
    assert Scrubbing.objects.get(kind="contact_record").outcome == "abandoned"
    night(366)
    assert Enquiry.objects.get(pk=spoken.pk).caller_number == ""


def test_an_outcome_that_loses_its_own_time_later_on_is_scrubbed_as_its_kind(world: World) -> None:
    hung_up = abandoned()
    on: dict[str, Any] = {"outcome": "abandoned", "by": world.finn}
    plan.decide(CONTACT_RECORD, days=700, why="De klager", day=day_of(MORNING), at=MORNING, **on)
    later = MORNING + timedelta(days=400)
    plan.decide(CONTACT_RECORD, days=None, why="Ikke mere", day=day_of(later), at=MORNING, **on)
    night(399)
    assert Enquiry.objects.get(pk=hung_up.pk).caller_number == BAKERY
    night(401)
    assert Enquiry.objects.get(pk=hung_up.pk).caller_number == ""


def test_a_rule_holds_from_its_day_is_never_rewritten_and_needs_a_reason(world: World) -> None:
    tomorrow = day_of(MORNING) + timedelta(days=1)
    plan.decide(CALL_EVENTS, days=30, why="Vi bruger dem ikke", day=tomorrow, by=world.finn, at=MORNING)
    assert [each.days for each in plan.times(CALL_EVENTS, day_of(MORNING))] == [90]
    assert [each.days for each in plan.times(CALL_EVENTS, tomorrow)] == [30]
    plan.decide(CALL_EVENTS, days=60, why="Alligevel", day=tomorrow + timedelta(days=5), by=world.finn, at=MORNING)
    assert [each.days for each in plan.history(CALL_EVENTS)] == [60, 30]
    for wrong in ({"days": 0}, {"days": 4000}, {"days": None}, {"why": " "}, {"why": "fordi 010190-1234"},
                  {"day": day_of(MORNING) - timedelta(days=1)}, {"outcome": "talking"}):  # fmt: skip
        given_: dict[str, Any] = {"days": 30, "why": "Ja", "day": tomorrow, "by": world.finn, "at": MORNING} | wrong
        with pytest.raises(RefusedChange):
            plan.decide(CALL_EVENTS, **given_)
    assert RetentionRule.objects.count() == 2


def test_messages_and_numbers_to_ring_go_when_they_have_been_closed_long_enough(world: World) -> None:
    closed, open_ = talked(world.anna), talked(world.anna, start=MORNING + timedelta(minutes=5))
    for enquiry, done in ((closed, MORNING), (open_, None)):
        ReturnCall.objects.create(enquiry=enquiry, kind="message", number=BAKERY, recording=b"RIFF", created_at=MORNING,
                                  done_at=done, result="reached" if done else "")  # fmt: skip
    night(31)
    assert ReturnCall.objects.get(enquiry=closed).recording is None
    assert ReturnCall.objects.get(enquiry=open_).recording is not None
    assert ReturnCall.objects.get(enquiry=closed).number == BAKERY
    night(184)
    assert ReturnCall.objects.get(enquiry=closed).number == ""
    assert ReturnCall.objects.get(enquiry=open_).number == BAKERY
    assert {(each.kind, each.rows) for each in Scrubbing.objects.filter(table="enquiries_returncall")} == {
        (VOICE_MESSAGES.name, 1), (RETURN_CALLS.name, 1),
    }  # fmt: skip


def test_what_else_has_a_time_goes_too(world: World) -> None:
    enquiry = talked(world.anna)
    Draft.objects.create(enquiry=enquiry, person=world.anna, fields={"note": "Mona"}, updated_at=MORNING)
    Search.objects.create(at=MORNING, place=Search.Place.SITE, asked="hegn", hits=0)
    Alert.objects.create(at=MORNING, code="x", text="Mona", seen_at=MORNING)
    Alert.objects.create(at=MORNING, code="y", text="Mona")
    night(31)
    assert not Draft.objects.exists()
    assert Search.objects.exists()
    night(397)
    assert not Search.objects.exists()
    assert [each.code for each in Alert.objects.all()] == ["y"], "what nobody has seen stays"


class SavesFound(DjangoStore):
    """Somebody saves a draft again as soon as the night has found it."""

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        found = super().rows(statement, parameters)
        Draft.objects.filter(pk__in=[row[0] for row in found if isinstance(row[0], int)]).update(
            fields={"note": "Mona igen"}, updated_at=MORNING + timedelta(days=31)
        )
        return found


def test_a_draft_saved_again_after_it_was_found_stays_for_its_time(world: World) -> None:
    Draft.objects.create(enquiry=talked(world.anna), person=world.anna, fields={"note": "Mona"}, updated_at=MORNING)
    (drafts,) = (each for each in passes(31) if each.kind is DRAFTS)
    assert drafts.run(SavesFound(), rest=0)
    assert Draft.objects.get().fields == {"note": "Mona igen"}
    night(32)
    assert Draft.objects.exists()
    night(63)
    assert not Draft.objects.exists()


# --- Broken off, and at the same time as calls ---------------------------------------------------


class PowerCut(BaseException):
    pass


@given(st.integers(1, 8))
@settings(max_examples=sample.examples(8), suppress_health_check=sample.SUPPRESSED)
def test_a_run_that_is_killed_goes_on_where_it_was_and_counts_once(world: World, batches: int) -> None:
    savepoint, batch = transaction.savepoint(), scrubbing.BATCH
    scrubbing.BATCH = 2
    done = 0

    def cut() -> bool:
        nonlocal done
        done += 1
        if done > batches:
            raise PowerCut
        return False

    try:
        for minute in range(7):
            talked(world.anna, start=MORNING + timedelta(minutes=minute % 3))
        (each,) = (each for each in passes(91) if each.kind is CALL_EVENTS)
        try:
            each.run(DjangoStore(), until=cut, rest=0)
        except PowerCut:
            half = Scrubbing.objects.filter(kind="call_events").values_list("rows", flat=True)
            assert sum(half) == min(2 * batches, 7)
        assert night(91)
        assert Scrubbing.objects.get(kind="call_events").rows == 7
        assert ScrubbingProgress.objects.get(kind="call_events").clean_until == MORNING + timedelta(days=1)
    finally:
        scrubbing.BATCH = batch
        transaction.savepoint_rollback(savepoint)


def test_windows_without_anything_due_are_passed_and_the_first_row_in_use_is_where_the_next_night_begins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "WINDOW", 3)
    calls = [talked(world.anna, start=MORNING + timedelta(minutes=20 * number)) for number in range(12)]
    night(90.1)
    ScrubbingProgress.objects.all().delete()
    Enquiry.objects.filter(pk=calls[9].pk).update(phase="talk")
    assert night(91)
    pks = [each.pk for each in calls]
    scrubbed = StoredEvent.objects.filter(number=0, stream__in=pks, data__has_key="scrubbed")
    assert set(scrubbed.values_list("stream", flat=True)) == {each.pk for each in calls} - {calls[9].pk}
    progress = ScrubbingProgress.objects.get(kind="call_events")
    assert progress.clean_until == Enquiry.objects.get(pk=calls[9].pk).arrived_at
    Enquiry.objects.filter(pk=calls[9].pk).update(phase="")
    night(92)
    assert StoredEvent.objects.filter(number=0, stream__in=pks, data__has_key="scrubbed").count() == 12


def passes(days: float) -> list[scrubbing.Pass]:
    at = MORNING + timedelta(days=days)
    return list(nightly.passes(day_of(at), at))


def test_it_stops_when_its_seconds_are_over_and_goes_on_later(world: World) -> None:
    talked(world.anna)
    assert not nightly.run(DjangoStore(), at=MORNING + timedelta(days=91), seconds=0, rest=0)
    assert not Scrubbing.objects.exists()
    assert night(91)


def test_every_kind_can_be_scrubbed_with_nothing_there(db: None) -> None:
    assert night(5000)
    assert {each.kind for each in ScrubbingProgress.objects.all()} == {kind.name for kind in kinds.scrubbed()}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_a_call_holds_does_not_hold_up_the_night(transactional_db: None) -> None:
    world = build()
    held, free = talked(world.anna), talked(world.bo)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Enquiry.objects.select_for_update(of=("self",)).get(pk=held.pk)
            locked.set()
            release.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(20)
        assert night(400)
        assert {Enquiry.objects.get(pk=each.pk).caller_number for each in (held, free)} == {BAKERY, ""}
    finally:
        release.set()
        holder.join(20)
    assert night(401)
    assert Enquiry.objects.get(pk=held.pk).caller_number == ""


# --- Events are scrubbed and in no other way changed ---------------------------------------------

REFUSED = (
    "UPDATE events_event SET data = data - 'caller_number'",
    """UPDATE events_event SET data = data || '{"scrubbed": true, "caller_number": "+4512345678"}'""",
    """UPDATE events_event SET data = '{"scrubbed": true}' WHERE kind = 'menu'""",
    """UPDATE events_event SET data = data || '{"scrubbed": true}', at = at + interval '1 second'""",
    """UPDATE events_event SET data = data || '{"scrubbed": true}', person = 1""",
    """UPDATE events_event SET data = data || '{"scrubbed": true}', queue = 'x'""",
    """UPDATE events_event SET data = data || '{"scrubbed": true, "name": "#1"}'""",
    """UPDATE events_event SET data = data || '{"scrubbed": true, "waited": 0}'""",
    "DELETE FROM events_event",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_only_what_is_personal_can_be_taken_from_an_event(world: World, statement: str) -> None:
    talked(world.anna)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_knows_the_fields_that_may_go() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_scrubbable()")
        assert sorted((cursor.fetchone() or [[]])[0]) == sorted(OF_CALLERS)
