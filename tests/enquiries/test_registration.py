from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from indgang.audit import trail
from indgang.audit.models import Change
from indgang.audit.trail import OutsideTransaction
from indgang.enquiries import circumstances, journal, parties, registration, stream
from indgang.enquiries.models import Channel, Draft, Enquiry, Question, ReturnCall, State
from indgang.enquiries.registration import QuestionData, RegistrationError, TypedTimes
from indgang.entry.event_kinds import Kind
from indgang.entry.models import InHand
from indgang.events.models import StoredEvent
from indgang.live.models import Mark
from tests.enquiries.told_calls import abandoned, happen, talked, talking
from tests.world import MORNING, World

LATER = MORNING + timedelta(minutes=10)


def about(world: World, service: str = "byggetilladelse", purpose: str = "vejledning", **more: Any) -> QuestionData:
    return QuestionData(
        service=world.services[service],
        purpose=world.purposes[purpose],
        character="general",
        outcome=more.pop("outcome", "resolved"),
        **more,
    )


def refused(code: str) -> Any:
    return pytest.raises(RegistrationError, match=f"^{code}$")


def test_a_registered_enquiry_has_its_questions_an_event_an_audit_row_and_live_marks(world: World) -> None:
    enquiry = talked(world.anna)
    Mark.objects.all().delete()
    result = registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)

    enquiry.refresh_from_db()
    assert not result.again
    assert enquiry.state == State.REGISTERED
    assert enquiry.registered_at == LATER
    assert enquiry.talk_seconds == 120, "what was measured is not touched"
    (question,) = enquiry.questions.all()
    assert (question.service.code, question.registered_by, question.registered_at) == (
        "byggetilladelse", world.anna, LATER,
    )  # fmt: skip
    event = StoredEvent.objects.filter(stream=enquiry.pk).order_by("-number")[0]
    assert (event.kind, event.person) == ("registered", world.anna.pk)
    change = Change.objects.get(action="enquiry.register")
    assert change.by_id == world.anna.audit_id
    assert change.after["questions"][0]["outcome"] == "resolved"
    assert {
        f"person-{world.anna.pk}/lists",
        f"person-{world.anna.pk}/figures",
        f"person-{world.anna.pk}/call",
        "centre-tmf/figures",
    } <= set(Mark.objects.values_list("part", flat=True))


def test_several_questions_of_one_call_keep_their_order(world: World) -> None:
    enquiry = talked(world.anna)
    both = [about(world), about(world, "arrangement", "status", outcome="transferred")]
    registration.register(enquiry, questions=both, by=world.anna, at=LATER)
    assert list(enquiry.questions.values_list("order", "service__code")) == [(0, "byggetilladelse"), (1, "arrangement")]


def test_registering_twice_gives_one_result_and_says_so(world: World) -> None:
    enquiry = talked(world.anna)
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    second = registration.register(enquiry, questions=[about(world, "affald")], by=world.anna, at=LATER)
    assert second.again
    assert [question.service.code for question in second.questions] == ["byggetilladelse"]
    assert enquiry.questions.count() == 1
    assert Change.objects.filter(action="enquiry.register").count() == 1


def test_a_question_that_came_up_later_is_added_when_the_form_knew_of_the_first(world: World) -> None:
    enquiry = talking(world.anna)
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    registration.register(enquiry, questions=[about(world, "affald")], seen=1, by=world.anna, at=LATER)
    again = registration.register(enquiry, questions=[about(world, "affald")], seen=1, by=world.anna, at=LATER)
    assert again.again
    assert enquiry.questions.count() == 2


def test_registering_during_the_call_leaves_it_talking_until_it_ends(world: World) -> None:
    enquiry = talking(world.anna)
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=MORNING + timedelta(seconds=60))
    enquiry.refresh_from_db()
    assert enquiry.state == State.TALKING


def test_the_case_worker_adds_an_own_registration_to_the_agents(world: World) -> None:
    enquiry = talked(world.anna)
    registration.register(enquiry, questions=[about(world, outcome="transferred")], by=world.anna, at=LATER)
    result = registration.register(enquiry, questions=[about(world)], by=world.david, at=LATER)
    assert not result.again
    assert list(enquiry.questions.values_list("registered_by__username", "outcome")) == [
        ("anna", "transferred"),
        ("david", "resolved"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_register_at_the_same_moment_make_one_registration(transactional_world: World) -> None:
    world = transactional_world
    enquiry = talked(world.anna)
    start, results = threading.Barrier(4), []

    def press() -> None:
        start.wait()
        try:
            results.append(registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER).again)
        finally:
            connection.close()

    tabs = [threading.Thread(target=press) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(results) == [False, True, True, True]
    assert Question.objects.count() == 1


def test_when_the_audit_fails_nothing_has_happened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enquiry = talked(world.anna)
    events = StoredEvent.objects.count()

    def fail(**_: Any) -> None:
        raise OutsideTransaction("no room for the trail")

    monkeypatch.setattr(trail, "record", fail)
    with pytest.raises(OutsideTransaction):
        registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.questions.count(), StoredEvent.objects.count()) == (State.UNREGISTERED, 0, events)


def test_civil_registration_numbers_in_notes_are_masked(world: World) -> None:
    enquiry = talked(world.anna)
    registration.register(
        enquiry, questions=[about(world, note="Ringer for 010190-1234 om hegn")], by=world.anna, at=LATER
    )
    assert enquiry.questions.get().note == "Ringer for ******-**** om hegn"
    assert "010190" not in str(Change.objects.values_list("after", flat=True))
    assert "010190" not in str(StoredEvent.objects.values_list("data", flat=True))


def test_what_cannot_be_registered_is_refused_with_a_reason(world: World) -> None:
    enquiry = talked(world.anna)

    def register(*questions: QuestionData) -> None:
        registration.register(enquiry, questions=questions, by=world.anna, at=LATER)

    with refused("no_questions"):
        register()
    with refused("too_many"):
        register(*[about(world)] * 13)
    with refused("note_too_long"):
        register(about(world, note="x" * 4_001))
    gone = world.services["affald"]
    gone.valid_to = date(2026, 1, 1)
    with refused("service_not_valid"):
        register(about(world, "affald"))
    local = world.local_purposes[0]
    with refused("local_purpose_elsewhere"):
        register(about(world, "byggetilladelse", local_purpose=local))
    with refused("local_purpose_elsewhere"):
        register(about(world, "arrangement", "klage", local_purpose=local))
    assert not Question.objects.exists()


def test_who_never_talked_with_anybody_cannot_be_registered(world: World) -> None:
    with refused("not_registrable"):
        registration.register(abandoned(), questions=[about(world)], by=world.anna, at=LATER)


# --- Drafts ------------------------------------------------------------------------------------


def test_a_draft_is_kept_with_numbers_masked_and_goes_when_it_is_registered(world: World) -> None:
    enquiry = talked(world.anna)
    kept = registration.save_draft(
        enquiry, fields={"q0-note": "cpr 010190-1234", "q0-outcome": "resolved"}, revision=0, by=world.anna, at=LATER
    )
    assert not kept.overtook
    assert Draft.objects.get().fields == {"q0-note": "cpr ******-****", "q0-outcome": "resolved"}
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    assert not Draft.objects.exists()


def test_the_tab_that_saves_last_wins_and_is_told(world: World) -> None:
    enquiry = talked(world.anna)
    first = registration.save_draft(enquiry, fields={"note": "a"}, revision=0, by=world.anna, at=LATER)
    other = registration.save_draft(enquiry, fields={"note": "b"}, revision=0, by=world.anna, at=LATER)
    assert (first.overtook, other.overtook) == (False, True)
    again = registration.save_draft(
        enquiry, fields={"note": "c"}, revision=other.draft.revision, by=world.anna, at=LATER
    )
    assert not again.overtook
    assert Draft.objects.get().fields == {"note": "c"}


@pytest.mark.parametrize("revision", [0, 1])
def test_a_late_draft_does_not_come_back_after_registration(world: World, revision: int) -> None:
    enquiry = talked(world.anna)
    if revision:
        registration.save_draft(enquiry, fields={"note": "a"}, revision=0, by=world.anna, at=LATER)
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    with refused("registered"):
        registration.save_draft(enquiry, fields={"note": "b"}, revision=revision, by=world.anna, at=LATER)
    assert not Draft.objects.exists()
    registration.save_draft(enquiry, fields={"note": "c"}, revision=0, seen=1, by=world.anna, at=LATER)
    with refused("registered"):
        registration.save_draft(enquiry, fields={"note": "b"}, revision=revision, by=world.anna, at=LATER)
    assert Draft.objects.get().fields == {"note": "c"}


def test_a_draft_has_a_size_limit_and_is_not_read_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "mask_cpr", lambda text: pytest.fail("its length is looked at first"))
    with refused("draft_too_long"):
        registration.save_draft(talked(world.anna), fields={"note": "x" * 90_000}, revision=0, by=world.anna, at=LATER)


# --- Without the telephone ---------------------------------------------------------------------


def by_hand(world: World, **more: Any) -> Enquiry:
    return registration.walk_in(
        channel=more.pop("channel", Channel.WALK_IN), by=world.anna, at=LATER, centre=world.centres["tmf"], **more
    )


def test_a_visit_is_registered_with_the_times_the_agent_says(world: World) -> None:
    visit = by_hand(world)
    assert visit.state == State.UNREGISTERED
    times = TypedTimes(MORNING, 12)
    registration.register(visit, questions=[about(world)], times=times, by=world.anna, at=LATER)
    visit.refresh_from_db()
    assert (visit.state, visit.arrived_at, visit.talk_seconds) == (State.REGISTERED, MORNING, 720)
    assert visit.ended_at == MORNING + timedelta(minutes=12)
    assert [event.kind for event in StoredEvent.objects.filter(stream=visit.pk).order_by("number")] == [
        "begun",
        "registered",
    ]


def test_beginning_twice_before_typing_gives_the_same_visit(world: World) -> None:
    assert by_hand(world) == by_hand(world)
    assert by_hand(world, channel=Channel.DIRECT) != by_hand(world)


def test_a_call_can_be_registered_by_hand_while_the_exchange_is_down(world: World) -> None:
    call = by_hand(world, channel=Channel.PHONE, number="+4599990101")
    with refused("times_needed"):
        registration.register(call, questions=[about(world)], by=world.anna, at=LATER)
    registration.register(call, questions=[about(world)], times=TypedTimes(MORNING, 3), by=world.anna, at=LATER)
    call.refresh_from_db()
    assert call.state == State.REGISTERED


@pytest.mark.parametrize(
    ("times", "code"),
    [
        (TypedTimes(LATER + timedelta(minutes=1), 5), "time_in_future"),
        (TypedTimes(LATER - timedelta(days=8), 5), "too_long_ago"),
        (TypedTimes(MORNING, -1), "too_long"),
        (TypedTimes(MORNING, 601), "too_long"),
        (TypedTimes(MORNING, float("nan")), "too_long"),
    ],
)
def test_times_that_cannot_be_are_refused(world: World, times: TypedTimes, code: str) -> None:
    with refused(code):
        registration.register(by_hand(world), questions=[about(world)], times=times, by=world.anna, at=LATER)


def test_measured_times_are_never_overwritten_by_typed_ones(world: World) -> None:
    enquiry = talked(world.anna)
    registration.register(enquiry, questions=[about(world)], times=TypedTimes(MORNING, 99), by=world.anna, at=LATER)
    enquiry.refresh_from_db()
    assert enquiry.talk_seconds == 120


def test_a_visit_that_came_to_nothing_is_dropped_but_a_call_is_not(world: World) -> None:
    visit = by_hand(world)
    registration.discard(visit, by=world.anna, at=LATER)
    visit.refresh_from_db()
    assert visit.state == State.LEFT
    with refused("in_use"):
        registration.discard(talked(world.anna), by=world.anna, at=LATER)
    with refused("in_use"):
        registration.discard(by_hand(world), by=world.bo, at=LATER)


# --- Corrections -------------------------------------------------------------------------------


def registered(world: World, at: datetime = LATER) -> Question:
    result = registration.register(talked(world.anna), questions=[about(world, note="før")], by=world.anna, at=at)
    return result.questions[0]


def test_a_correction_the_same_day_keeps_before_and_after(world: World) -> None:
    question = registered(world)
    registration.correct(
        question, to=replace(about(world, "affald", outcome="other"), note="efter"), by=world.anna, at=LATER
    )
    question.refresh_from_db()
    assert (question.service.code, question.outcome, question.note) == ("affald", "other", "efter")
    change = Change.objects.get(action="question.correct")
    assert (change.before["service"], change.after["service"]) == ("byggetilladelse", "affald")
    assert "efter" not in str(change.after), "what a note says stays out of the trail"
    event = StoredEvent.objects.filter(stream=question.enquiry_id).order_by("-number")[0]
    assert event.data["corrected"] is True


def test_only_the_one_who_registered_corrects_and_only_the_same_day(world: World) -> None:
    question = registered(world)
    with refused("not_yours"):
        registration.correct(question, to=about(world, "affald"), by=world.bo, at=LATER)
    with refused("not_today"):
        registration.correct(question, to=about(world, "affald"), by=world.anna, at=LATER + timedelta(days=1))


def test_the_derived_row_agrees_with_its_events_after_registration(world: World) -> None:
    question = registered(world)
    enquiry = Enquiry.objects.get(pk=question.enquiry_id)
    queues = list(world.queues.values())
    again = stream.replay(journal.events_of(enquiry), circumstances.places_of(queues))
    assert (again.state, again.registered_at, again.events) == (enquiry.state, enquiry.registered_at, enquiry.events)


def test_a_call_back_that_was_promised_is_on_the_list_of_those_to_ring(world: World) -> None:
    enquiry = talked(world.anna, queue="tmf-byliv")
    promised = [about(world, outcome="callback"), about(world, "affald", outcome="callback")]
    registration.register(enquiry, questions=promised, by=world.anna, at=LATER)
    row = ReturnCall.objects.get()
    assert (row.kind, row.number, row.queue, row.enquiry, row.created_at, row.taken_by) == (
        ReturnCall.Kind.CALLBACK, enquiry.caller_number, world.queues["tmf-byliv"], enquiry, LATER, None,
    )  # fmt: skip
    assert Change.objects.filter(action="return_call.promise").count() == 1
    assert "desks-tmf/return-calls" in Mark.objects.values_list("part", flat=True)


def test_a_correction_makes_and_takes_back_the_call_to_be_made(world: World) -> None:
    enquiry = talked(world.anna)
    (question,) = registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER).questions
    registration.correct(question, to=about(world, outcome="callback"), by=world.anna, at=LATER)
    assert ReturnCall.objects.get().done_at is None
    registration.correct(question, to=about(world, outcome="other"), by=world.anna, at=LATER)
    assert ReturnCall.objects.get().result == ReturnCall.Result.NOT_NEEDED
    registration.correct(question, to=about(world, outcome="callback"), by=world.anna, at=LATER)
    assert ReturnCall.objects.get().done_at is None


def test_nobody_promises_a_call_to_a_number_that_is_hidden(world: World) -> None:
    enquiry = talked(world.anna, number="anonymous")
    with refused("no_number_to_ring"):
        registration.register(enquiry, questions=[about(world, outcome="callback")], by=world.anna, at=LATER)
    assert not enquiry.questions.exists()
    parties.link(enquiry, party=world.bakery, by=world.anna, at=LATER)
    enquiry.refresh_from_db()
    registration.register(enquiry, questions=[about(world, outcome="callback")], by=world.anna, at=LATER)
    assert ReturnCall.objects.get().number == "+4599990101"


def test_a_visitor_who_is_to_be_rung_is_found_by_the_queues_of_who_promised_it(world: World) -> None:
    visit = registration.walk_in(channel=Channel.WALK_IN, by=world.anna, at=MORNING, centre=world.centres["tmf"])
    parties.create_and_link(visit, kind="citizen", name="Nora Nygaard", number="+4599990123", by=world.anna, at=LATER)
    visit.refresh_from_db()
    registration.register(
        visit, questions=[about(world, outcome="callback")], times=TypedTimes(MORNING, 4), by=world.anna, at=LATER
    )
    row = ReturnCall.objects.get()
    assert row.number == "+4599990123"
    assert row.queue is not None
    assert row.queue.centre == world.centres["tmf"]


def test_a_message_that_nobody_gets_cannot_be_registered_but_stays_where_it_was(world: World) -> None:
    enquiry = talked(world.anna)
    with refused("nobody_gets_it"):
        registration.register(enquiry, questions=[about(world, outcome="message")], by=world.anna, at=LATER)
    (question,) = registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER).questions
    Question.objects.filter(pk=question.pk).update(outcome="message")
    kept = registration.correct(question, to=about(world, "affald", outcome="message"), by=world.anna, at=LATER)
    assert (kept.service.code, kept.outcome) == ("affald", "message")


def test_what_is_noted_reaches_the_story_of_whoever_has_the_call_now(world: World) -> None:
    enquiry = talking(world.anna)
    InHand.objects.create(person=world.david, enquiry=enquiry.pk, kind="call", stage="talking")
    Mark.objects.all().delete()
    registration.save_draft(enquiry, fields={"q0-note": "x"}, revision=0, by=world.anna, at=LATER)
    assert f"person-{world.david.pk}/story" in Mark.objects.values_list("part", flat=True)
    Mark.objects.all().delete()
    registration.register(enquiry, questions=[about(world)], by=world.anna, at=LATER)
    assert f"person-{world.david.pk}/story" in Mark.objects.values_list("part", flat=True)


def test_the_language_chosen_in_the_menu_is_the_enquirys(world: World) -> None:
    enquiry = talking(world.anna)
    assert enquiry.language == "da"
    enquiry = happen(str(enquiry.pk), (Kind.LANGUAGE, 12, {"language": "en"}))
    assert enquiry.language == "en"
