"""Histories of enquiries as lists of events with their circumstances, made by hand or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from indgang.core.clock import day_of
from indgang.enquiries.circumstances import AnswerTarget
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel
from indgang.entry.event_kinds import Kind
from indgang.events.event import EventKind
from indgang.feedback.event_kinds import FeedbackKind
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.verdicts import Verdict
from indgang.history.event_kinds import HistoryKind
from indgang.measures.period import Period
from indgang.measures.rollups.facts import StreamEvent
from tests.world import MORNING

Step = tuple[EventKind[Any], float, dict[str, Any]]
CENTRES = {"tmf-byggeri": "tmf", "tmf-byliv": "tmf", "bif-erhverv": "bif"}


def promises(_queue: str, _at: datetime) -> AnswerTarget:
    return AnswerTarget(100, 80)


def history(
    *steps: Step, start: datetime = MORNING, stream: UUID | None = None, channel: str = "phone"
) -> list[StreamEvent]:
    """The events (kind, seconds after `start`, data with the queue) of one stream."""
    found = []
    for kind, after, data in steps:
        told = dict(data)
        queue = told.pop("queue", "")
        event = kind.event(str(stream or UUID(int=1)), start + timedelta(seconds=after), queue, None, told)
        found.append(StreamEvent(event, channel, told.get("level", 1), CENTRES.get(queue, "tmf")))
    return found


def registered(
    *outcome: str,
    outcomes: Sequence[str] = (),
    service: str = "byggetilladelse",
    digital: bool = False,
    character: str = "general",
) -> dict[str, Any]:
    """The data of a registration with one question for each outcome."""
    questions = [
        {
            "order": order,
            "service": service,
            "purpose": "status",
            "outcome": outcome,
            "should_be_digital": digital,
            "character": character,
        }
        for order, outcome in enumerate((*outcome, *outcomes))
    ]
    return {"questions": questions}


#: kinds that may follow in any order: also in ones that never happen, because figures must survive them
_KINDS: tuple[tuple[EventKind[Any], dict[str, Any]], ...] = (
    (Kind.MENU, {"key": "1"}),
    (Kind.QUEUED, {}),
    (Kind.QUEUED, {"answer_within": 20.0, "target_percent": 90.0}),
    (Kind.OFFERED, {}),
    (Kind.ANSWERED, {"direction": "in"}),
    (Kind.HELD, {}),
    (Kind.RESUMED, {}),
    (Kind.CONSULTING, {"name": "#1", "address": "person:1", "windows": [1]}),
    (Kind.CONSULT_ANSWERED, {}),
    (Kind.CONSULT_REFUSED, {}),
    (Kind.SUBJECT_TRIED, {"subject": "parkering", "window": 1, "result": "answered", "by": 1}),
    (Kind.SUBJECT_UNREACHED, {"subject": "parkering", "is_open": True}),
    (Kind.SUBJECT_TRIED, {"subject": "parkering", "result": "no_answer", "by": 1}),
    (Kind.TRANSFERRED, {"name": "#1"}),
    (Kind.TRANSFERRED, {"name": "#2", "warm": True}),
    (Kind.PASSED_ON, {"name": "#1"}),
    (Kind.OVERFLOWED, {}),
    (Kind.CALLBACK, {"asked_at": MORNING.isoformat()}),
    (Kind.CALLED_BACK, {}),
    (Kind.CALLBACK_OVER, {"why": "not_reached"}),
    (Kind.ABANDONED, {}),
    (Kind.MESSAGE, {}),
    (Kind.LEFT, {}),
    (Kind.ENDED, {}),
    (Kind.WRAPPED_UP, {"seconds": 12.5}),
    (EnquiryKind.REPLIED, {"open_seconds": 4000.0, "within": 7200.0}),
    (EnquiryKind.REGISTERED, registered("resolved")),
    (EnquiryKind.REPEAT_DECIDED, {"repeated": False}),
    (EnquiryKind.REPEAT_DECIDED, {"repeated": True}),
    (EnquiryKind.REGISTERED, registered("directed", "message", service="parkering", digital=True)),
)
#: clocks jump: backwards, by a millisecond, by an hour, by three days
_gaps = st.one_of(st.integers(0, 400), st.sampled_from([-3600, -1, 0.0004, 899.9996, 3600, 3 * 86_400]))
#: 29 March 2026 has 23 hours and 25 October 25; both change at 01:00 UTC
_starts = st.sampled_from(
    [MORNING, datetime.fromisoformat("2026-03-29T00:50:00Z"), datetime.fromisoformat("2026-10-25T00:40:00Z")]
)


#: a queue whose terms may change while its events are counted: they hold what it promised. Those of other queues may be
#: of former releases, which held nothing
CHANGING = "tmf-byliv"
_HELD: dict[EventKind[Any], dict[str, Any]] = {
    Kind.QUEUED: {"answer_within": 20.0, "target_percent": 90.0}, EnquiryKind.REPLIED: {"target_percent": 65.0},
    Kind.CALLBACK: {"answer_within": 60.0}, Kind.CALLBACK_ORDERED: {"answer_within": 60.0},
}  # fmt: skip
_channels = st.sampled_from(Channel.values)
_DAY = 86_400
#: a chosen time lies so many seconds after it was chosen; we ring so many after it
_CHOSEN_AFTER = 2 * _DAY
_RUNG_AFTER = st.sampled_from([-60, 0, 59, 61, 3000])
_CHOSEN = {"asked_at": MORNING.isoformat(), "due": "chosen"}
#: what happens to calls, and what happens to other enquiries too
_OF_CALLS = (
    *_KINDS,
    (Kind.CALLBACK, _CHOSEN),
    *((Kind.CALLBACK_OVER, {"why": why}) for why in ("called_in", "answered")),
)
_OF_ENQUIRIES = (
    *_OF_CALLS,
    (Kind.CALLBACK_OVER, {"why": "cancelled"}),
    (Kind.WORK_BEGUN, {}),
    (Kind.WORK_OVER, {}),
    (Kind.LEFT, {"why": "discarded"}),
    (EnquiryKind.REGISTERED, registered("resolved", character="case_specific")),
    (EnquiryKind.REGISTERED, {**registered("resolved"), "began_at": "2026-02-20T09:10:00+01:00", "minutes": 7.0}),
)
#: how an enquiry begins, without its channel
_BEGINNINGS: tuple[tuple[EventKind[Any], dict[str, Any]], ...] = (
    (Kind.ARRIVED, {"centre": "tmf", "caller_number": "+4599990101"}),
    (Kind.CALLBACK_ORDERED, {"centre": "tmf", **_CHOSEN}),
    (EnquiryKind.BEGUN, {"centre": "tmf"}),
    (EnquiryKind.RECEIVED, {"centre": "bif"}),
)


def _drawn(draw: Any, begins: Any, kinds: Sequence[Any], start: datetime) -> list[Step]:
    """The steps of a stream: what begins it, and any of these kinds in any order."""
    following = st.tuples(st.sampled_from(kinds), _gaps, st.sampled_from(sorted(CENTRES)))
    steps, elapsed = list[Step](), 0.0
    for (kind, data), gap, queue in [(begins, 0, CHANGING), *draw(st.lists(following, max_size=14))]:
        elapsed += gap
        told = {**(_HELD.get(kind, {}) if queue == CHANGING else {}), **data, "queue": queue}
        if "due" not in told:
            steps.append((kind, elapsed, told))
            continue
        due = start + timedelta(seconds=elapsed + _CHOSEN_AFTER)
        steps.append((kind, elapsed, {**told, "due": due.isoformat()}))
        if draw(st.booleans()):
            elapsed += _CHOSEN_AFTER + draw(_RUNG_AFTER)
            steps.append((Kind.CALLED_BACK, elapsed, {"queue": queue}))
    return steps


@st.composite
def histories(draw: Any) -> list[StreamEvent]:
    """A stream that begins as a call, and goes on as no call may."""
    start = draw(_starts)
    return history(*_drawn(draw, _BEGINNINGS[0], _OF_CALLS, start), start=start, stream=draw(st.uuids(version=4)))


@st.composite
def enquiries(draw: Any) -> list[StreamEvent]:
    """A stream that begins in any way on any channel, at either level, and goes on as no enquiry may."""
    start, channel = draw(_starts), draw(_channels)
    kind, data = draw(st.sampled_from(_BEGINNINGS))
    told = data if kind == Kind.ARRIVED else {**data, "channel": channel}
    made = history(
        *_drawn(draw, (kind, told), _OF_ENQUIRIES, start), start=start, stream=draw(st.uuids(version=4)),
        channel=channel,
    )  # fmt: skip
    return [each._replace(level=draw(st.sampled_from([1, 2]))) for each in made]


_OF_HANDOVERS: tuple[tuple[EventKind[Any], dict[str, Any]], ...] = (
    (HandoverKind.RETURNED, {"why": "wrong_place"}),
    (HandoverKind.CANCELLED, {}),
    *((HandoverKind.SETTLED, {"state": state}) for state in Verdict),
)
_OF_INVITATIONS: tuple[tuple[EventKind[Any], dict[str, Any]], ...] = (
    (FeedbackKind.PLANNED, {"way": "robot", "service": "arrangement"}),
    (FeedbackKind.PLANNED, {"way": "page"}),
    (FeedbackKind.TRIED, {"result": "asking"}),
    (FeedbackKind.TRIED, {"result": "not_reached"}),
    (FeedbackKind.ENDED, {"state": "expired", "service": "parkering"}),
    (FeedbackKind.ENDED, {"state": "cancelled"}),
    (FeedbackKind.ANSWERED, {"service": "arrangement", "indexes": {"satisfaction": 7500, "courtesy": 0}}),
    (FeedbackKind.ANSWERED, {"indexes": {"waiting": 2500, "resolution": 10_000}}),
)


@st.composite
def handovers(draw: Any) -> list[StreamEvent]:
    """A hand-over of a contact to the second level, and what becomes of it in any order."""
    begins = (HandoverKind.HANDED_OVER, 0.0, {"service": draw(st.sampled_from(["", "byggetilladelse"]))})
    return _of_kinds(draw, _OF_HANDOVERS, [begins], level=2)


@st.composite
def invitations(draw: Any) -> list[StreamEvent]:
    """Somebody who is asked about a conversation, tried and answers, in any order."""
    kind, data = draw(st.sampled_from(_OF_INVITATIONS))
    return _of_kinds(draw, _OF_INVITATIONS, [(kind, 0.0, data)], level=draw(st.sampled_from([1, 2])))


def _of_kinds(draw: Any, kinds: Sequence[Any], steps: list[Step], *, level: int) -> list[StreamEvent]:
    elapsed, queue = 0.0, draw(st.sampled_from(sorted(CENTRES)))
    for (kind, data), gap in draw(st.lists(st.tuples(st.sampled_from(kinds), _gaps), max_size=6)):
        elapsed += gap
        steps.append((kind, elapsed, data))
    of_queue = [(kind, after, {**data, "queue": queue}) for kind, after, data in steps]
    made = history(*of_queue, start=draw(_starts), stream=draw(st.uuids(version=4)), channel=draw(_channels))
    return [each._replace(level=level) for each in made]


@st.composite
def imports(draw: Any) -> list[StreamEvent]:
    """A part of an import: contacts that came at any moment of a day and waited up to a day, perhaps taken back."""
    contact = st.tuples(
        st.integers(0, _DAY - 1), st.sampled_from([0, 4, 20, 21, 900, _DAY]), st.sampled_from([-1, 0, 60]),
        st.sampled_from([-1, 30]), st.sampled_from("abomclr"), st.integers(0, 2),
    )  # fmt: skip
    starts, waits, talks, wrap_ups, results, subjects = zip(
        *draw(st.lists(contact, min_size=1, max_size=6)), strict=True
    )
    told = {
        "answer_within": 20.0, "target_percent": 80.0, "starts": starts, "waits": waits, "talks": talks,
        "wrap_ups": wrap_ups, "results": "".join(results), "subjects": subjects,
        "told": [["", "", ""], ["byggetilladelse", "status", "resolved"], ["parkering", "", "transferred"]],
    }  # fmt: skip
    queue, midnight = draw(st.sampled_from(sorted(CENTRES))), Period.day(day_of(draw(_starts))).start
    steps: list[Step] = [(HistoryKind.CONTACTS, 0.0, {**told, "queue": queue})]
    if draw(st.booleans()):
        steps.append((HistoryKind.WITHDRAWN, draw(st.sampled_from([60.0, 9 * _DAY])), {"queue": queue}))
    return history(*steps, start=midnight, stream=draw(st.uuids(version=4)), channel=draw(_channels))


def any_stream() -> st.SearchStrategy[list[StreamEvent]]:
    """A stream of any kind that figures are counted from."""
    return st.one_of(histories(), enquiries(), handovers(), invitations(), imports())
