"""What the events of one stream count: a pure function of them, so that yesterday's figures can be counted again.

Each `CountedFact` counts one thing (a `Measure`) in one quarter of an hour. Late events change the facts of their
stream, and so the quarter that the fact belongs to. No fact holds a person, a number or a text, or depends on a field
that is scrubbed: erasing a person changes no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from indgang.enquiries import derived, stream
from indgang.enquiries.circumstances import AnswerTarget
from indgang.enquiries.derived import DerivedEnquiry
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import WRITTEN_CHANNELS, Channel, Character
from indgang.enquiries.models import Outcome as Ended
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.events.event import Event, EventKind
from indgang.measures.histogram import bucket
from indgang.measures.sums import DECIDED_BY, SegmentOutcome

#: the outcomes of a question that count as resolved at once: neither a transfer nor a task followed
RESOLVED_AT_ONCE = (Ended.RESOLVED, Ended.DIRECTED)
#: the channels whose minutes are talk; an order on the website leads to a call that we make
SPOKEN = (Channel.PHONE, Channel.DIRECT, Channel.WEB)
#: on which contacts come over the net; the others are calls and visits
DIGITAL_CHANNELS = frozenset({*WRITTEN_CHANNELS, Channel.WEB})
#: the enquiry begins with one of these when the contact turned to us; the others are calls that agents make
_THEY_BEGAN = frozenset({Kind.ARRIVED, Kind.CALLBACK_ORDERED, EnquiryKind.BEGUN, EnquiryKind.RECEIVED})
#: the promised call ended in one of these ways although the contact was not rung: they have been answered
_ANSWERED_OTHERWISE = frozenset({"answered", "called_in"})
#: steps of `stream` that change nothing a fact is made of
_WITHOUT_FACTS = frozenset({Kind.MENU, Kind.LANGUAGE, Kind.PERSONAL_WAIT, Kind.PERSONAL_WAIT_OVER})
#: kinds whose payload no fact is made of
WITHOUT_PAYLOAD = frozenset({
    Kind.OFFERED, Kind.WITHDRAWN, Kind.ANSWERED, Kind.HELD, Kind.RESUMED, Kind.CONSULT_ANSWERED, Kind.CONSULT_REFUSED,
    Kind.CONSULT_ENDED, Kind.JOINED, Kind.ABANDONED,
    Kind.AGENT_LOST, Kind.TRANSFER_FAILED, Kind.LEFT_QUEUE, Kind.OVERFLOWED, Kind.MESSAGE, Kind.ENDED,
    Kind.CALLED_BACK, Kind.CALLBACK_QUEUED, Kind.CALLBACK_FAILED, Kind.WORK_BEGUN, Kind.WORK_PUT_BACK,
})  # fmt: skip
#: fields of payloads that no fact is made of, and that differ from event to event
WITHOUT_FACTS = ("reasons", "caller_number", "caller_name", "dialled", "number", "leg", "follows", "message")
#: how an attempt to reach somebody by name ended; the first one says it
_ATTEMPT_OVER = {
    Kind.CONSULT_ANSWERED: True, Kind.ANSWERED: True, Kind.CONSULT_REFUSED: False, Kind.CONSULT_ENDED: False,
    Kind.TRANSFER_FAILED: False,
}  # fmt: skip
#: kinds that change no row of an enquiry, but a fact
_DECIDE = frozenset({EnquiryKind.REPEAT_DECIDED, Kind.SUBJECT_TRIED, Kind.SUBJECT_UNREACHED, *_ATTEMPT_OVER})
_SHORT = timedelta(seconds=SHORT_ABANDON_SECONDS)
_NONE = timedelta(0)
_MILLISECOND = timedelta(milliseconds=1)


#: what the events count, as a number: it goes up with each change of `facts`, and then the roll-ups are counted anew
FACTS_VERSION = 6


class Measure(StrEnum):
    """What is counted, and in which quarter. `part` is said where it counts something."""

    SEGMENTS = "segments"
    """Queue segments of calls, when they began, by `SegmentOutcome`; the time is the wait. Part: within the promise."""
    WRITTEN_SEGMENTS = "written_segments"
    """The same of what people write, whose promise is measured in opening hours (`REPLIED`) and not by these."""
    ARRIVED = "arrived"
    """Contacts that turned to us, when they arrived, by the state of the enquiry. Part: came into a queue. Short: came
    on a digital channel."""
    ANSWERED = "answered"
    """Contacts, when they were answered first. Part: transferred at least once. Short: transferred, and each time after
    the colleague was asked."""
    WHOLE_WAIT = "whole_wait"
    """Answered calls that are over: the caller's whole wait, menu and every queue, when they were answered first."""
    TALKED = "talked"
    """Answered calls that are over: the talk, when they were answered first."""
    HANDLED = "handled"
    """The same calls: talk, hold and after-work."""
    REGISTERED = "registered"
    """Contacts, when they were registered first. Part: resolved at once, by the agent's mark."""
    DIGITAL = "digital"
    """The same contacts. Part: at least one question should have been solved digitally."""
    GENERAL = "general"
    """Those of them with general questions alone, which the first level can solve. Part: resolved at once."""
    OVERFLOWS = "overflows"
    """Calls that are over and went on from one queue by rule or by the caller's choice, when they arrived. Part: given
    up after that."""
    REPLIED = "replied"
    """Written answers with a promise, when they were sent; the time is that of opening hours since the contact wrote.
    Part: within the promise."""
    REPEATS = "repeats"
    """Contacts of whom it is decided whether they came back within seven days, when they were registered first.
    Part: resolved at once, by the agent's mark, and did not come back. Short: came back."""
    CALLBACK_TIMES = "callback_times"
    """Promised calls at a time that the contact chose, when they were promised, once it is known when we rang first.
    Part: within the queue's promise, as it was when they chose, after that time."""
    CALLBACKS = "callbacks"
    """Promised calls that are over and were not cancelled, when they were promised. Part: we talked."""
    NOT_REACHED = "not_reached"
    """Promised calls that were given up, when they were, in the queue that they were promised in."""
    SECOND_LEVEL = "second_level"
    """People of the second level who were asked in hours that they had promised, when they were; of the service asked
    about. Part: somebody answered."""
    OUT_OF_HOURS = "out_of_hours"
    """The same outside the hours that they had promised, about a subject. Part: somebody answered."""
    HANDOVERS = "handovers"
    """Hand-overs that were not cancelled, when they were sent. Part: came back at least once."""
    PROMISES = "promises"
    """Promises of hand-overs that should have been kept, when they ended. Part: kept."""
    RATED = "rated"
    """What contacts answered about their conversation (`feedback`), when they answered first, by what was asked
    (outcome). In place of a time stand hundredths of an index point. Part: said yes."""
    ASKED = "asked"
    """Contacts who were to be asked about their conversation, when they were asked first, once it is over. Part:
    answered. Short: could not be asked."""
    ON_DUTY = "on_duty"
    """Time signed in (`rollups.duty`), by state; under `SIGNED_IN` how many people were, and under `IN_HAND` the
    contacts that each had in conversation or work. Of whole days, all under the first quarter of the day."""

    ON_SHIFT = "on_shift"
    """Time beside published shifts (`rollups.on_shift`), by what it was (`sums.OnShift`); under `ON_SHIFT_PEOPLE` how
    many people had shifts. Of whole days, all under the first quarter of the day."""
    ON_PAY = "on_pay"
    """Paid time (`rollups.on_pay`), by what it was (`sums.OnPay`); under `ON_PAY_PEOPLE` how many people were paid. Of
    whole days, all under the first quarter of the day."""


#: the outcomes under which `ON_DUTY` counts people, and contacts
SIGNED_IN, IN_HAND = "signed_in", "in_hand"
#: the outcome under which `ON_SHIFT` counts people
ON_SHIFT_PEOPLE = "people"
#: the outcome under which `ON_PAY` counts people
ON_PAY_PEOPLE = "people"
#: measures that are counted from other rows than the events of the log: counting those anew leaves them alone
NOT_FROM_EVENTS = (Measure.ON_DUTY, Measure.ON_SHIFT, Measure.ON_PAY)


class FactKey(NamedTuple):
    """What a fact is counted under. All are codes as they were then; "" when there is none."""

    quarter: datetime
    measure: str
    centre: str = ""
    queue: str = ""
    service: str = ""
    purpose: str = ""
    channel: str = ""
    level: int = 1
    outcome: str = ""


class CountedFact(NamedTuple):
    """One counted thing. `bucket` is that of its time in the histogram, None for things without a time."""

    key: FactKey
    part: bool = False
    short: bool = False
    milliseconds: int = 0
    target_points: int = 0
    bucket: int | None = None


class CountedTogether(NamedTuple):
    """Many counted things under one key, added up: of streams that hold many contacts (`OtherStreams`)."""

    key: FactKey
    whole: int
    part: int
    short: int
    milliseconds: int
    target_points: int
    histogram: Mapping[int, int]


Counted = CountedFact | CountedTogether


class StreamEvent(NamedTuple):
    """A stored event with its circumstances."""

    event: Event[Any]
    channel: str = ""
    level: int = 1
    centre: str = ""


#: the promise of a queue (code) at a moment, for events that do not hold it
Promises = Callable[[str, datetime], AnswerTarget]


def facts(noted: Sequence[StreamEvent], promises: Promises) -> list[Counted]:
    """The facts of one stream, from its events in order."""
    if not noted:
        return []
    if other := _OTHERS.get(noted[0].event.kind):
        return list(other.facts(noted))
    contact = _contact(noted) if stream.begins(noted[0].event.kind) else None
    subject = contact.subject if contact else ("", "")
    found: list[Counted] = list(_segments(noted, subject, promises))
    if contact and not _was_discarded(noted):
        found += _of_contact(contact, noted, promises)
    return found


def counts(kind: EventKind[Any]) -> bool:
    """Whether an event of this kind can change a fact; the others need not be read."""
    if any(kind in other.kinds for other in _OTHERS.values()):
        return True
    matters = stream.begins(kind) or stream.has_steps(kind) or kind in DECIDED_BY or kind in _DECIDE
    return matters and kind not in _WITHOUT_FACTS


@dataclass(frozen=True)
class OtherStreams:
    """Streams of a higher package that begin with `begins` and are no enquiries: the kinds that can change a fact, the
    facts of one stream, the events that date each measure, and how streams and enquiries belong together.

    A stream counts at most `reaches` after its first event in days without an event of its own. Streams that are not
    `is_listed` hold many contacts together, of which none can be shown alone."""

    begins: EventKind[Any]
    kinds: frozenset[EventKind[Any]]
    facts: Callable[[Sequence[StreamEvent]], Iterator[Counted]]
    dated_by: Mapping[Measure, tuple[EventKind[Any], ...]]
    enquiry_of: Callable[[UUID], UUID | None]
    of_enquiry: Callable[[UUID], Sequence[UUID]]
    reaches: timedelta = timedelta(0)
    is_listed: bool = True


_OTHERS: dict[EventKind[Any], OtherStreams] = {}


def connect(other: OtherStreams) -> None:
    """Count the facts of these streams as well. Connecting them twice counts once."""
    _OTHERS[other.begins] = other


def others() -> Sequence[OtherStreams]:
    """The connected streams that are no enquiries."""
    return tuple(_OTHERS.values())


def _was_discarded(noted: Sequence[StreamEvent]) -> bool:
    """Whether it was begun by hand and thrown away: no contact."""
    return any(each.event.kind == Kind.LEFT and each.event.payload.why == "discarded" for each in noted)


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter of an hour. Days in Copenhagen, of 23 hours or 25, are whole numbers of quarters."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return datetime(at.year, at.month, at.day, at.hour, at.minute - at.minute % 15, tzinfo=UTC)


def timed(key: FactKey, duration: timedelta, **more: Any) -> CountedFact:
    """A fact with a time; a clock that was set back makes none, never a negative one."""
    duration = max(duration, _NONE)
    return CountedFact(key, milliseconds=round(duration / _MILLISECOND), bucket=bucket(duration), **more)


# --- Queue segments ------------------------------------------------------------------------------


def _segments(noted: Sequence[StreamEvent], subject: tuple[str, str], promises: Promises) -> Iterator[CountedFact]:
    began: StreamEvent | None = None
    for each in noted:
        if each.event.kind not in DECIDED_BY:
            continue
        if began is not None:
            yield _segment(began, each, subject, promises)
        began = each if each.event.kind == Kind.QUEUED else None
    if began is not None:
        yield _segment(began, None, subject, promises)


def _segment(began: StreamEvent, over: StreamEvent | None, subject: tuple[str, str], promises: Promises) -> CountedFact:
    event = began.event
    outcome = DECIDED_BY[over.event.kind] if over else SegmentOutcome.WAITING
    measure = Measure.WRITTEN_SEGMENTS if began.channel in WRITTEN_CHANNELS else Measure.SEGMENTS
    key = FactKey(
        quarter_of(event.at), measure, began.centre, event.queue, *subject, began.channel, began.level, outcome
    )
    if over is None:
        return CountedFact(key)
    waited = max(over.event.at - event.at, _NONE)
    if outcome not in (SegmentOutcome.ANSWERED, SegmentOutcome.ABANDONED):
        return timed(key, waited)
    promise = promise_of(event, promises)
    return timed(
        key, waited, part=waited <= timedelta(seconds=promise.seconds), target_points=round(promise.percent),
        short=outcome is SegmentOutcome.ABANDONED and waited <= _SHORT,
    )  # fmt: skip


def promise_of(event: Event[Any], promises: Promises) -> AnswerTarget:
    """What the queue promised when the segment began."""
    told = event.payload
    if told.answer_within is None or told.target_percent is None:
        return promises(event.queue, event.at)
    return AnswerTarget(told.answer_within, told.target_percent)


# --- Contacts ------------------------------------------------------------------------------------


class _AsTheyAre(Mapping[str, str]):
    """Codes stand for themselves in `stream`, and for no primary key: a code that is gone keeps its figures."""

    def __getitem__(self, code: str) -> str:
        return code

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, code: str, default: Any = None) -> Any:
        return code or default


_CODES = _AsTheyAre()


class _Contact(NamedTuple):
    """`subject` is the service and purpose of the first question."""

    enquiry: DerivedEnquiry
    centre: str
    queue: str
    level: int
    questions: Sequence[Mapping[str, Any]]
    subject: tuple[str, str]
    outcome: str

    def key(self, at: datetime, measure: Measure, outcome: str | None = None) -> FactKey:
        service, purpose = self.subject
        return FactKey(
            quarter_of(at), measure, self.centre, self.queue, service, purpose, self.enquiry.channel, self.level,
            self.outcome if outcome is None else outcome,
        )  # fmt: skip


def _contact(noted: Sequence[StreamEvent]) -> _Contact:
    """The enquiry as its events make it (`enquiries.stream`), with the codes of its queue and centre."""
    of_queue = {each.event.queue: each.centre for each in noted if each.event.kind == Kind.QUEUED}
    enquiry = derived.derive((each.event for each in noted), stream.Places(_CODES, _CODES, of_queue))
    answering = [each.level for each in noted if each.event.kind in _ANSWERING]
    questions = _questions(noted)
    return _Contact(
        enquiry, enquiry.centre_id or "", enquiry.queue_id or "", answering[-1] if answering else 1, questions,
        _subject(questions), _outcome(enquiry, questions),
    )  # fmt: skip


def _subject(questions: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    first = questions[0] if questions else {}
    return str(first.get("service") or ""), str(first.get("purpose") or "")


def _outcome(enquiry: DerivedEnquiry, questions: Sequence[Mapping[str, Any]]) -> str:
    """That of the question that was not resolved at once, if there is one; "transferred" after a transfer."""
    if enquiry.transfers and questions:
        return Ended.TRANSFERRED
    outcomes = [str(each.get("outcome") or "") for each in questions]
    return next((each for each in outcomes if each not in RESOLVED_AT_ONCE), outcomes[0] if outcomes else "")


_ANSWERING = frozenset({Kind.ANSWERED, Kind.WORK_BEGUN, EnquiryKind.REPLIED, EnquiryKind.BEGUN})


def _questions(noted: Sequence[StreamEvent]) -> list[Mapping[str, Any]]:
    """The questions as they were last corrected, in their order."""
    found: dict[int, Mapping[str, Any]] = {}
    for each in noted:
        if each.event.kind == EnquiryKind.REGISTERED:
            for question in each.event.payload.questions:
                found[question.get("order", len(found))] = question
    return [found[order] for order in sorted(found)]


def _of_contact(contact: _Contact, noted: Sequence[StreamEvent], promises: Promises) -> Iterator[CountedFact]:
    enquiry = contact.enquiry
    if noted[0].event.kind in _THEY_BEGAN:
        reached_queue = enquiry.queued_at is not None
        yield CountedFact(
            contact.key(enquiry.arrived_at, Measure.ARRIVED, enquiry.state), part=reached_queue,
            short=enquiry.channel in DIGITAL_CHANNELS,
        )  # fmt: skip
        yield from _overflow(contact, noted)
    if enquiry.answered_at is not None:
        was_transferred = enquiry.transfers > 0
        yield CountedFact(
            contact.key(enquiry.answered_at, Measure.ANSWERED), part=was_transferred,
            short=was_transferred and _was_always_asked(noted),
        )  # fmt: skip
        if enquiry.ended_at is not None and enquiry.channel in SPOKEN:
            yield from _conversation(contact, enquiry.answered_at, came_in=noted[0].event.kind == Kind.ARRIVED)
    if enquiry.registered_at is not None:
        yield from _registration(contact, enquiry.registered_at)
        yield from _repeat(contact, enquiry.registered_at, noted)
    for each in noted:
        if each.event.kind == EnquiryKind.REPLIED:
            yield from _reply(contact, each, promises)
    yield from _promised_calls(contact, noted)
    yield from _chosen_times(contact, noted, promises)
    yield from _attempts(contact, noted)


def _was_always_asked(noted: Sequence[StreamEvent]) -> bool:
    """Whether the colleague was asked before each transfer (warm)."""
    moved = [each.event.payload.warm for each in noted if each.event.kind in (Kind.TRANSFERRED, Kind.PASSED_ON)]
    return bool(moved) and all(moved)


def _overflow(contact: _Contact, noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """A call that went on from its queue, and is over: given up when nobody has answered since."""
    enquiry = contact.enquiry
    kinds = [each.event.kind for each in noted]
    if Kind.OVERFLOWED in kinds and enquiry.channel in SPOKEN and enquiry.ended_at is not None:
        since = kinds[kinds.index(Kind.OVERFLOWED) :]
        given_up = Kind.ABANDONED in since and Kind.ANSWERED not in since
        yield CountedFact(contact.key(enquiry.arrived_at, Measure.OVERFLOWS), part=given_up)


def _conversation(contact: _Contact, at: datetime, *, came_in: bool) -> Iterator[CountedFact]:
    enquiry = contact.enquiry
    yield timed(contact.key(at, Measure.TALKED), timedelta(seconds=enquiry.talk_seconds))
    handled = enquiry.talk_seconds + enquiry.hold_seconds + enquiry.wrap_up_seconds
    yield timed(contact.key(at, Measure.HANDLED), timedelta(seconds=handled))
    if came_in:
        waited = enquiry.menu_seconds + enquiry.wait_seconds
        yield timed(contact.key(at, Measure.WHOLE_WAIT), timedelta(seconds=waited))


def _registration(contact: _Contact, at: datetime) -> Iterator[CountedFact]:
    yield CountedFact(contact.key(at, Measure.REGISTERED), part=contact.outcome in RESOLVED_AT_ONCE)
    digital = any(each.get("should_be_digital") for each in contact.questions)
    yield CountedFact(contact.key(at, Measure.DIGITAL), part=digital)
    if contact.questions and all(each.get("character") == Character.GENERAL for each in contact.questions):
        yield CountedFact(contact.key(at, Measure.GENERAL), part=contact.outcome in RESOLVED_AT_ONCE)


def _repeat(contact: _Contact, at: datetime, noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    decided = [each.event.payload.repeated for each in noted if each.event.kind == EnquiryKind.REPEAT_DECIDED]
    if decided:
        resolved = contact.outcome in RESOLVED_AT_ONCE and not any(decided)
        yield CountedFact(contact.key(at, Measure.REPEATS), part=resolved, short=any(decided))


def _given_from(contact: _Contact, noted: StreamEvent, measure: Measure) -> FactKey:
    """The key of what happened in the queue of an event, which need not be the contact's last one."""
    key = contact.key(noted.event.at, measure)
    return key._replace(queue=noted.event.queue or key.queue, centre=noted.centre or key.centre)


def _reply(contact: _Contact, noted: StreamEvent, promises: Promises) -> Iterator[CountedFact]:
    """In the queue that the answer was given from, with its target of that day."""
    event, told = noted.event, noted.event.payload
    if told.open_seconds is None or told.within is None:
        return
    key, target = _given_from(contact, noted, Measure.REPLIED), told.target_percent
    yield timed(
        key, timedelta(seconds=told.open_seconds), part=told.open_seconds <= told.within,
        target_points=round(promises(key.queue, event.at).percent if target is None else target),
    )  # fmt: skip


def _promised_calls(contact: _Contact, noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """Promised calls that wait for their turn by themselves; those on the list belong to no queue's promise."""
    promised: datetime | None = None
    rung = False
    for each in noted:
        event = each.event
        if event.kind in (Kind.CALLBACK, Kind.CALLBACK_ORDERED) and event.payload.waits_in_queue:
            promised, rung = event.at, False
        elif event.kind == Kind.CALLED_BACK:
            rung = True
        elif promised is not None and rung and event.kind == Kind.ANSWERED:
            yield CountedFact(contact.key(promised, Measure.CALLBACKS), part=True)
            promised = None
        elif event.kind == Kind.CALLBACK_OVER:
            if event.payload.was_missed:
                yield CountedFact(_given_from(contact, each, Measure.NOT_REACHED))
            talked = event.payload.why in _ANSWERED_OTHERWISE
            if promised is not None and (talked or event.payload.was_missed):
                yield CountedFact(contact.key(promised, Measure.CALLBACKS), part=talked)
            promised = None


def _chosen_times(contact: _Contact, noted: Sequence[StreamEvent], promises: Promises) -> Iterator[CountedFact]:
    """Whether we rang first within the queue's promise, as it was when the contact chose a time, after that time; older
    events hold none, and take the terms of the day. Who called in and was answered meanwhile was rung then. Calls that
    were cancelled before we rang are in neither."""
    promised: Event[Any] | None = None
    for each in noted:
        event = each.event
        if event.kind in (Kind.CALLBACK, Kind.CALLBACK_ORDERED) and event.payload.waits_in_queue:
            promised = event if event.payload.due else None
        elif promised is not None and event.kind in (Kind.CALLED_BACK, Kind.CALLBACK_OVER):
            if event.kind == Kind.CALLED_BACK or event.payload.why in _ANSWERED_OTHERWISE or event.payload.was_missed:
                due = datetime.fromisoformat(promised.payload.due).astimezone(UTC)
                within = promised.payload.answer_within
                limit = due + timedelta(seconds=promises(promised.queue, due).seconds if within is None else within)
                in_time = event.at <= limit and not (event.kind == Kind.CALLBACK_OVER and event.payload.was_missed)
                yield CountedFact(contact.key(promised.at, Measure.CALLBACK_TIMES), part=in_time)
            promised = None


# --- The second level ----------------------------------------------------------------------------


def _attempts(contact: _Contact, noted: Sequence[StreamEvent]) -> Iterator[CountedFact]:
    """Who of the second level was asked in promised hours: about a subject, or by name; and outside them about a
    subject alone, because an event by name does not say of which level the colleague is."""
    for place, each in enumerate(noted):
        told = each.event.payload
        if each.event.kind == Kind.SUBJECT_TRIED:
            measure = Measure.SECOND_LEVEL if told.window else Measure.OUT_OF_HOURS
            yield _attempt(contact, each, told.subject, measure, was_answered=told.result == "answered")
        elif each.event.kind == Kind.SUBJECT_UNREACHED and not told.tried:
            measure = Measure.SECOND_LEVEL if told.is_open else Measure.OUT_OF_HOURS
            yield _attempt(contact, each, told.subject, measure, was_answered=False)
        elif _asked_by_name(each.event):
            ends = (_ATTEMPT_OVER.get(later.event.kind) for later in noted[place + 1 :])
            was_answered = next((end for end in ends if end is not None), False)
            yield _attempt(contact, each, "", Measure.SECOND_LEVEL, was_answered=was_answered)


def _asked_by_name(event: Event[Any]) -> bool:
    """Whether a consult or a blind transfer chose a colleague in hours that they had promised."""
    if event.kind == Kind.TRANSFERRED:
        return bool(event.payload.windows) and not event.payload.warm
    return event.kind == Kind.CONSULTING and bool(event.payload.windows)


def _attempt(
    contact: _Contact, noted: StreamEvent, subject: str, measure: Measure, *, was_answered: bool
) -> CountedFact:
    key = _given_from(contact, noted, measure)
    return CountedFact(key._replace(service=subject or key.service, level=2, outcome=""), part=was_answered)
