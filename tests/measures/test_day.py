"""The figures of a day: one made by hand, and laws over any day."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel, Character, Enquiry, Question, ReturnCall, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import InHand, Queue, QueueTerms
from indgang.entry.setup import queue_terms
from indgang.events.event import EventKind
from indgang.events.models import StoredEvent
from indgang.measures import recount
from indgang.measures.day import AgentFigures, CentreFigures, agent_figures, centre_figures
from indgang.measures.period import Period
from indgang.measures.service_level import ServiceLevel, service_level
from indgang.measures.sums import DECIDED_BY, Contacts, SegmentOutcome, Segments, Share
from tests import sample
from tests.correspondence.mails import mailbox
from tests.enquiries.calls import call
from tests.world import MORNING, World

# --- A day made by hand ------------------------------------------------------------------------


def question(enquiry: Enquiry, world: World, outcome: str, order: int = 0, at: datetime = MORNING) -> Question:
    """A question of the enquiry, which is registered with its first one."""
    Enquiry.objects.filter(pk=enquiry.pk, registered_at=None).update(registered_at=at)
    return Question.objects.create(
        enquiry=enquiry,
        order=order,
        service=world.services["byggetilladelse"],
        purpose=next(iter(world.purposes.values())),
        character=Character.GENERAL,
        outcome=outcome,
        registered_at=at,
    )


@pytest.fixture
def day(world: World) -> World:
    """Seven calls to Byggeri (promise 100 s), one of which goes on to Øvrige, and a walk-in."""
    byggeri, rest = world.queues["tmf-byggeri"], world.queues["tmf-oevrige"]
    at = MORNING
    over: dict[str, Any] = {
        "answered_at": at + timedelta(seconds=20), "ended_at": at + timedelta(seconds=200), "agent": world.anna,
    }  # fmt: skip
    first = call(byggeri, (20, Kind.ANSWERED, ""), (200, Kind.ENDED, ""), talk_seconds=170, hold_seconds=10, **over)
    second = call(
        byggeri,
        (100, Kind.ANSWERED, ""),
        (300, Kind.ENDED, ""),
        talk_seconds=200,
        wrap_up_seconds=30,
        transfers=1,
        **over,
    )
    call(byggeri, (140, Kind.ANSWERED, ""), state=State.TALKING, answered_at=at + timedelta(seconds=140))
    call(byggeri, (4, Kind.ABANDONED, ""), state=State.ABANDONED)
    call(byggeri, (160, Kind.ABANDONED, ""), state=State.ABANDONED)
    call(
        byggeri, (90, Kind.OVERFLOWED, byggeri.code), (90, Kind.QUEUED, rest.code),
        state=State.WAITING, queue=rest, phase="wait", phase_since=at + timedelta(seconds=90), wait_seconds=90,
    )  # fmt: skip
    callback = call(byggeri, (60, Kind.LEFT_QUEUE, byggeri.code), (75, Kind.CALLBACK, ""), state=State.CALLBACK)
    ReturnCall.objects.create(
        enquiry=callback, kind=ReturnCall.Kind.CALLBACK, number="+4520000101", queue=byggeri, created_at=at
    )
    walk_in = Enquiry.objects.create(
        channel=Channel.WALK_IN, state=State.REGISTERED, centre=byggeri.centre, arrived_at=at, agent=world.anna
    )
    question(first, world, "resolved")
    question(first, world, "directed", order=1)
    question(second, world, "resolved")
    question(walk_in, world, "message")
    return world


def test_a_hand_made_day_gives_the_figures_counted_by_hand(day: World) -> None:
    board = centre_figures(day.centres["tmf"], at=MORNING + timedelta(seconds=200))
    byggeri = next(each for each in board.queues if each.queue.code == "tmf-byggeri")
    assert byggeri.segments == Segments(
        offered=7, answered=3, abandoned=2, waiting=0, overflowed=1, messages=0, callbacks=1, left=0,
        answered_in_time=2, abandoned_in_time=1, abandoned_short=1, answer_seconds=260.0, target_points=5 * 80,
    )  # fmt: skip
    assert byggeri.segments.average_answer_seconds == pytest.approx(260 / 3)
    assert service_level(byggeri.segments, ServiceLevel.SL4) == pytest.approx(50.0)
    assert service_level(byggeri.segments, ServiceLevel.SL3) == pytest.approx(40.0)
    assert byggeri.meets_target is False
    assert byggeri.return_calls == {"callback": 1}


def test_the_one_who_waits_is_in_the_queue_it_went_on_to(day: World) -> None:
    at = MORNING + timedelta(seconds=200)
    board = centre_figures(day.centres["tmf"], at=at)
    rest = next(each for each in board.queues if each.queue.code == "tmf-oevrige")
    assert (rest.segments.offered, rest.segments.waiting, rest.waiting.calls) == (1, 1, 1)
    assert board.waiting.calls == 1
    assert board.waiting.seconds(at) == 200.0


def test_contacts_talk_transfers_and_straksafklaring_add_up(day: World) -> None:
    board = centre_figures(day.centres["tmf"], at=MORNING + timedelta(seconds=200))
    assert board.contacts == Contacts(
        answered=3, transferred=1, talked=2, handled=2, talk_seconds=370.0, handle_seconds=410.0,
        registered=3, resolved_at_once=1,
    )  # fmt: skip
    assert board.contacts.first_contact_resolution.percent == pytest.approx(100 / 3)
    assert board.contacts.transfers.percent == pytest.approx(100 / 3)


def test_a_contact_in_wrap_up_counts_for_talk_but_not_yet_for_handle_time(day: World) -> None:
    enquiry = Enquiry.objects.filter(transfers=1).get()
    InHand.objects.create(person=day.anna, enquiry=enquiry.pk, kind="call", stage="after")
    InHand.objects.create(person=day.bo, enquiry=enquiry.pk, kind="call", stage="after")
    contacts = centre_figures(day.centres["tmf"], at=MORNING + timedelta(seconds=200)).contacts
    assert (contacts.talked, contacts.handled, contacts.handle_seconds) == (2, 1, 180.0)


def test_a_closed_day_keeps_its_figures_whatever_happens_later(day: World) -> None:
    noon_next_day = MORNING + timedelta(days=1, hours=3)
    before = centre_figures(day.centres["tmf"], at=noon_next_day, period=Period.day_of(MORNING))
    call(day.queues["tmf-byggeri"], (3, Kind.ANSWERED, ""), start=noon_next_day)
    question(Enquiry.objects.filter(transfers=1).get(), day, "message", order=1, at=noon_next_day)
    after = centre_figures(day.centres["tmf"], at=noon_next_day + timedelta(hours=1), period=Period.day_of(MORNING))
    assert after.segments == before.segments
    assert after.contacts.registered == before.contacts.registered == 3


def test_a_call_is_held_against_what_was_promised_on_the_day_it_came(day: World) -> None:
    """A shorter promise from today on makes no call of yesterday late; a period over both counts each by its day."""
    queue, yesterday = day.queues["tmf-byggeri"], MORNING - timedelta(days=1)
    call(queue, (90, Kind.ANSWERED, ""), start=yesterday)
    queue_terms.decide(
        queue, {"service_level_seconds": 30, "service_level_percent": 90}, day=day_of(MORNING), by=day.finn, at=MORNING
    )
    at = MORNING + timedelta(seconds=200)
    both = Period(Period.day_of(yesterday).start, Period.day_of(MORNING).end)
    parts = [
        next(each for each in centre_figures(queue.centre, at=at, period=period).queues if each.queue == queue)
        for period in (Period.day_of(yesterday), Period.day_of(MORNING), both)
    ]
    before, today, together = (each.segments for each in parts)
    assert (before.answered, before.answered_in_time, before.target_percent) == (1, 1, 80)
    assert (today.answered, today.answered_in_time, today.target_percent) == (3, 1, 90)
    assert before + today == together
    assert together.target_percent == pytest.approx((80 + 5 * 90) / 6)


def test_a_day_belongs_to_copenhagen_when_the_promise_changes_at_midnight(day: World) -> None:
    queue, midnight = day.queues["tmf-byggeri"], Period.day_of(MORNING).end
    queue_terms.decide(queue, {"service_level_seconds": 30}, day=day_of(midnight), by=day.finn, at=MORNING)
    for seconds in (-1, 0):
        call(queue, (60, Kind.ANSWERED, ""), start=midnight + timedelta(seconds=seconds))
    around = Period(midnight - timedelta(minutes=5), midnight + timedelta(minutes=5))
    found = recount.segments([queue.pk], around, at=midnight + timedelta(hours=1))[queue.pk]
    assert (found.answered, found.answered_in_time) == (2, 1)


def test_the_minutes_of_a_visit_are_no_talk(day: World) -> None:
    at = MORNING + timedelta(seconds=50)
    over = {"state": State.REGISTERED, "centre": day.centres["tmf"], "agent": day.anna, "talk_seconds": 900}
    for channel in (Channel.WALK_IN, Channel.MAIL):
        Enquiry.objects.create(channel=channel, arrived_at=at, answered_at=at, ended_at=at, **over)
    mine = agent_figures(day.anna, at=MORNING + timedelta(seconds=400))
    assert (mine.contacts.answered, mine.contacts.talked, mine.contacts.average_talk_seconds) == (4, 2, 185.0)
    assert mine.contacts.average_handle_seconds == 205.0
    Enquiry.objects.create(channel=Channel.DIRECT, arrived_at=at, answered_at=at, ended_at=at, **over)
    assert agent_figures(day.anna, at=MORNING + timedelta(seconds=400)).contacts.talked == 3


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.WEB])
def test_a_promised_call_counts_on_the_day_it_was_made_however_long_ago_it_was_promised(
    day: World, channel: Channel
) -> None:
    queue, promised, talked = day.queues["tmf-byggeri"], timedelta(days=3), timedelta(seconds=60)
    before = centre_figures(queue.centre, at=MORNING + timedelta(seconds=400)).contacts
    call(
        queue, (30, Kind.CALLBACK, queue.code), (promised.total_seconds(), Kind.CALLED_BACK, queue.code),
        start=MORNING - promised, channel=channel, agent=day.bo, talk_seconds=100,
        answered_at=MORNING + talked, ended_at=MORNING + timedelta(seconds=160),
    )  # fmt: skip
    board = centre_figures(queue.centre, at=MORNING + timedelta(seconds=400))
    assert board.contacts.answered == before.answered + 1
    assert board.contacts.talk_seconds == before.talk_seconds + 100
    mine = agent_figures(day.bo, at=MORNING + timedelta(seconds=400)).contacts
    assert (mine.answered, mine.talked, mine.talk_seconds) == (1, 1, 100.0)
    then = centre_figures(queue.centre, at=MORNING, period=Period.day_of(MORNING - promised))
    assert (then.segments.offered, then.segments.callbacks, then.contacts.answered) == (1, 1, 0)


def test_another_centre_sees_nothing_of_it(day: World) -> None:
    board = centre_figures(day.centres["bif"], at=MORNING + timedelta(seconds=200))
    assert board.segments == Segments()
    assert board.contacts == Contacts()
    assert board.meets_target is None


def test_the_figures_of_an_agent_are_their_own(day: World) -> None:
    mine = agent_figures(day.anna, at=MORNING + timedelta(seconds=400))
    assert (mine.answered, mine.contacts.answered, mine.contacts.registered, mine.unregistered) == (2, 2, 3, 0)
    assert mine.contacts.average_talk_seconds == 185.0
    nobody = agent_figures(day.bo, at=MORNING + timedelta(seconds=400))
    assert nobody.contacts == Contacts()


def test_the_figures_of_agents_add_up_to_those_of_the_centre(day: World) -> None:
    at, centre = MORNING + timedelta(seconds=400), day.centres["tmf"]
    Enquiry.objects.filter(state=State.TALKING).update(agent=day.bo)  # the hand-made day names nobody
    theirs = (agent_figures(person, at=at, centre=centre).contacts for person in Person.objects.all())
    together, board = sum(theirs, Contacts()), centre_figures(centre, at=at).contacts
    assert (board.answered, board.talked, board.transferred) == (3, 2, 1)
    assert together == board


def test_the_number_of_queries_does_not_follow_the_number_of_queues(
    day: World, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        centre_figures(day.centres["tmf"], at=MORNING)


# --- Answers in writing -----------------------------------------------------------------------------


def replied(
    queue: Queue, at: datetime, open_seconds: float | None, within: float | None = 7200.0, **more: Any
) -> None:  # fmt: skip
    """An answer that left."""
    enquiry = Enquiry.objects.create(channel=Channel.MAIL, arrived_at=at, centre=queue.centre, queue=queue)
    StoredEvent.objects.create(
        stream=enquiry.pk, number=0, position=0, transaction=0, at=at, kind=EnquiryKind.REPLIED, queue=queue.code,
        data={"message": "", "open_seconds": open_seconds, "within": within, **more},
    )  # fmt: skip


@pytest.fixture
def written(world: World) -> Queue:
    queue = mailbox(world).queue
    replied(queue, MORNING, 3600.0)
    replied(queue, MORNING, 7200.0)  # in the last second
    replied(queue, MORNING, 7200.1)
    replied(queue, MORNING, None)  # a second mail to somebody who waited for nothing
    replied(queue, MORNING - timedelta(days=1), 10.0)
    return queue


def test_answers_in_writing_are_counted_by_hand(world: World, written: Queue) -> None:
    [figures] = centre_figures(world.centres["tmf"], at=MORNING).written
    assert (figures.queue, figures.replies.answered, figures.replies.answered_in_time) == (written, 3, 2)
    assert figures.replies.in_time == Share(2, 3)
    assert figures.replies.average_open_seconds == pytest.approx(6000.03, abs=0.01)
    assert figures.target_percent == 80


def test_an_answer_keeps_the_target_that_it_left_under(world: World, written: Queue) -> None:
    replied(written, MORNING, 60.0, target_percent=60.0)
    QueueTerms.objects.filter(queue=written).update(service_level_percent=90)
    [figures] = centre_figures(world.centres["tmf"], at=MORNING).written
    assert figures.target_percent == pytest.approx((3 * 90 + 60) / 4)


def test_yesterdays_answers_stay_whatever_happens_today(world: World, written: Queue) -> None:
    yesterday = Period.day_of(MORNING - timedelta(days=1))
    for at in (MORNING, MORNING + timedelta(days=9)):
        [figures] = centre_figures(world.centres["tmf"], at=at, period=yesterday).written
        assert figures.replies.in_time == Share(1, 1)


def test_written_work_is_in_no_figure_of_calls(world: World, written: Queue) -> None:
    call(written, (50, EnquiryKind.REPLIED, written.code))  # it stood in its queue, as mails do
    figures = centre_figures(world.centres["tmf"], at=MORNING + timedelta(hours=1))
    assert written not in [each.queue for each in figures.queues]
    assert figures.segments == Segments()
    assert figures.waiting.calls == 0


# --- Laws --------------------------------------------------------------------------------------

_ENDINGS = [Kind.ANSWERED, Kind.ABANDONED, Kind.MESSAGE, Kind.CALLBACK, Kind.LEFT, Kind.PASSED_ON, None]
_NOISE = [Kind.OFFERED, Kind.WITHDRAWN, Kind.ACCEPTED, Kind.HELD, Kind.LEFT_QUEUE]
stays = st.tuples(
    st.sampled_from(["tmf-byggeri", "tmf-byliv", "tmf-oevrige"]),
    st.lists(st.sampled_from(_NOISE), max_size=2),
    st.integers(0, 300),
)
calls = st.tuples(st.lists(stays, min_size=1, max_size=3), st.sampled_from(_ENDINGS), st.integers(0, 3600))


def write(world: World, path: list[Any], ending: EventKind[Any] | None, start: datetime) -> None:
    first = world.queues[path[0][0]]
    steps: list[tuple[float, EventKind[Any], str]] = []
    elapsed = 0.0
    for index, (code, noise, seconds) in enumerate(path):
        if index:
            steps.append((elapsed, Kind.QUEUED, code))
        steps += [(elapsed, kind, code) for kind in noise]
        elapsed += seconds
    if ending:
        steps.append((elapsed, ending, ""))
    state = State.WAITING if ending is None else State.REGISTERED
    call(first, *steps, start=start, state=state)


@pytest.mark.django_db
@given(day=st.lists(calls, max_size=8))
@settings(max_examples=sample.examples(40), suppress_health_check=sample.SUPPRESSED)
def test_every_queue_segment_is_counted_once_however_calls_wander(world: World, day: list[Any]) -> None:
    savepoint = transaction.savepoint()
    try:
        for path, ending, offset in day:
            write(world, path, ending, MORNING + timedelta(seconds=offset))
        board = centre_figures(world.centres["tmf"], at=MORNING + timedelta(hours=6))
        segments = board.segments
        assert {each.queue.code: each.segments for each in board.queues} == expected(board, day)
        assert segments.offered == sum(len(path) for path, _, _ in day)
        decided = segments.answered + segments.abandoned + segments.messages + segments.callbacks + segments.left
        assert segments.offered == decided + segments.waiting + segments.overflowed
        assert segments.waiting == board.waiting.calls == sum(ending is None for _, ending, _ in day)
        endings = Counter(ending for _, ending, _ in day)
        assert segments.answered == endings[Kind.ANSWERED]
        assert segments.abandoned == endings[Kind.ABANDONED]
        assert segments.answered_in_time <= segments.answered
        assert segments.abandoned_short <= segments.abandoned_in_time <= segments.abandoned
        for variant in ServiceLevel:
            level = service_level(segments, variant)
            assert level is None or 0 <= level <= 100
    finally:
        transaction.savepoint_rollback(savepoint)


def expected(board: CentreFigures, day: list[Any]) -> dict[str, Segments]:
    """The sums added up one queue segment at a time, without a database; the promise is the queues' usual one."""
    found = {each.queue.code: Segments() for each in board.queues}
    for path, ending, _offset in day:
        outcomes = [SegmentOutcome.OVERFLOWED] * (len(path) - 1) + [
            DECIDED_BY[ending] if ending else SegmentOutcome.WAITING
        ]
        for (code, _noise, seconds), outcome in zip(path, outcomes, strict=True):
            found[code] += Segments.of(outcome, seconds, promised=100, target=80)
    return found


def test_a_person_without_any_enquiry_has_zeros(world: World) -> None:
    mine = agent_figures(Person.objects.get(pk=world.ukendt.pk), at=MORNING)
    assert mine == AgentFigures(0, Contacts(), 0)
