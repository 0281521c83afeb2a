"""Which centre answered a call, for which centre, and how long: from the events of one enquiry. Pure.

A stream holds one call, or several when the caller is called back: each attempt at a callback begins a new one. A call
counts once for each centre that answered it, at the moment of that centre's first answer, however often it is then
transferred inside that centre. No personal field of an event is read, so the result is the same after scrubbing.

The *entry centre* is the centre of the number that was called. The *first centre* is that of the first queue, which the
caller may have chosen in a menu. The *answering centre* is that of the queue the call was answered in, unless the
agent serves queues of one other centre alone (`CallAnswered.helping_centre`): then it is that centre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from indgang.entry.event_kinds import Kind

#: an enquiry that begins with one of these came from a caller; calls that agents make are nobody's to settle
BEGINNINGS = frozenset({Kind.ARRIVED, Kind.CALLBACK_ORDERED})
#: the first of these names the first centre
QUEUES = frozenset({Kind.QUEUED, Kind.CALLBACK, Kind.CALLBACK_ORDERED, Kind.CALLBACK_QUEUED})
#: the caller and an agent are together again after the conversation was interrupted
_TOGETHER_AGAIN = frozenset({Kind.RESUMED, Kind.JOINED})
#: the caller is no longer with an agent; hold is part of the conversation
_APART = frozenset(
    {
        Kind.QUEUED, Kind.LEFT_QUEUE, Kind.OFFERED, Kind.TRANSFER_FAILED, Kind.AGENT_LOST, Kind.PASSED_ON,
        Kind.CALLBACK_QUEUED, Kind.CALLBACK_FAILED, Kind.CALLBACK_OVER, Kind.CALLED_BACK, Kind.ABANDONED, Kind.LEFT,
        Kind.ENDED,
    }
)  # fmt: skip
#: the kinds that `answered_calls` reads; it ignores others
KINDS = BEGINNINGS | QUEUES | _TOGETHER_AGAIN | _APART | {Kind.ANSWERED, Kind.TRANSFERRED, Kind.WRAPPED_UP}


class NotedEvent(NamedTuple):
    """One stored event, as far as settlement reads it. `centre` and `queue` are codes as they were then; `seconds` and
    `warm` are those of the payload."""

    kind: str
    at: datetime
    centre: str = ""
    queue: str = ""
    person: int | None = None
    helping_centre: str = ""
    warm: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """One call as one centre answered it. `talk` includes hold; `wrap_up` is that of the centre's agents."""

    enquiry: str
    entry_centre: str
    first_centre: str
    answered_by: str
    answered_at: datetime
    queue: str
    talk: timedelta
    wrap_up: timedelta


@dataclass(slots=True)
class _Answer:
    """What one centre has done with the call so far."""

    at: datetime
    queue: str
    talk: timedelta = timedelta()
    wrap_up: timedelta = timedelta()


@dataclass(slots=True)
class _Call:
    """The call that the events are about now, by answering centre."""

    answers: dict[str, _Answer] = field(default_factory=dict)
    centre_of: dict[int | None, str] = field(default_factory=dict)
    centre: str = ""
    since: datetime | None = None

    def together(self, at: datetime) -> None:
        if self.centre and self.since is None:
            self.since = at

    def apart(self, at: datetime) -> None:
        if self.since is not None:
            self.answers[self.centre].talk += max(at - self.since, timedelta())
            self.since = None

    def answered(self, event: NotedEvent) -> None:
        self.apart(event.at)
        self.centre = event.helping_centre or event.centre
        self.centre_of[event.person] = self.centre
        self.answers.setdefault(self.centre, _Answer(event.at, event.queue))
        self.since = event.at if self.centre else None

    def transferred(self, event: NotedEvent) -> None:
        """A blind transfer ends the conversation; after a warm one the colleague goes on for the same centre."""
        if not event.warm:
            self.apart(event.at)
        elif self.centre:
            self.centre_of[event.person] = self.centre
            self.together(event.at)

    def wrapped_up(self, event: NotedEvent) -> None:
        centre = self.centre_of.get(event.person, self.centre)
        if centre in self.answers:
            self.answers[centre].wrap_up += timedelta(seconds=event.seconds)


def answered_calls(enquiry: str, events: Iterable[NotedEvent]) -> Iterator[AnsweredCall]:
    """The calls of one enquiry, from its events in order, the first included. Outgoing calls and visits give none.

    A conversation without an end counts until its last event, so that a call in progress has the seconds so far.
    """
    events = list(events)
    if not events or events[0].kind not in BEGINNINGS:
        return
    first = next((event.centre for event in events if event.kind in QUEUES and event.centre), events[0].centre)
    entry = events[0].centre or first
    for call in _calls(events):
        for centre, answer in call.answers.items():
            if centre:
                yield AnsweredCall(
                    enquiry, entry, first, centre, answer.at, answer.queue, answer.talk, answer.wrap_up
                )  # fmt: skip


def _calls(events: Iterable[NotedEvent]) -> Iterator[_Call]:
    call, last = _Call(), None
    for event in events:
        if event.kind == Kind.CALLED_BACK:
            yield call
            call = _Call()
        _apply(call, event)
        last = event.at
    if last is not None:
        call.apart(last)
    yield call


def _apply(call: _Call, event: NotedEvent) -> None:
    if event.kind == Kind.ANSWERED:
        call.answered(event)
    elif event.kind == Kind.TRANSFERRED:
        call.transferred(event)
    elif event.kind == Kind.WRAPPED_UP:
        call.wrapped_up(event)
    elif event.kind in _TOGETHER_AGAIN:
        call.together(event.at)
    elif event.kind in _APART:
        call.apart(event.at)
