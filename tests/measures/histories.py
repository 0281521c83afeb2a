"""Histories of enquiries as lists of events with their circumstances, made by hand or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from indgang.enquiries.circumstances import AnswerTarget
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.events.event import EventKind
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
_steps = st.lists(st.tuples(st.sampled_from(_KINDS), _gaps, st.sampled_from(sorted(CENTRES))), min_size=0, max_size=14)
#: 29 March 2026 has 23 hours and 25 October 25; both change at 01:00 UTC
_starts = st.sampled_from(
    [MORNING, datetime.fromisoformat("2026-03-29T00:50:00Z"), datetime.fromisoformat("2026-10-25T00:40:00Z")]
)


@st.composite
def histories(draw: Any) -> list[StreamEvent]:
    """A stream that begins as a call, and goes on as no call may."""
    steps: list[Step] = [(Kind.ARRIVED, 0.0, {"centre": "tmf", "caller_number": "+4599990101"})]
    elapsed = 0.0
    for (kind, data), gap, queue in draw(_steps):
        elapsed += gap
        steps.append((kind, elapsed, {**data, "queue": queue}))
    return history(*steps, start=draw(_starts), stream=draw(st.uuids(version=4)))
