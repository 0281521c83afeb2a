"""The circumstances stored with an event: channel, level, centre, the promise of its queue, and who helped out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from indgang.accounts.access import holders, may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.enquiries import stream
from indgang.enquiries.models import Enquiry
from indgang.enquiries.stream import Places
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.events import log
from indgang.events.event import Event


@dataclass(frozen=True, slots=True)
class AnswerTarget:
    """The promise of a queue: `percent` of its calls are answered within `seconds`."""

    seconds: float
    percent: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The set-up at one moment. `second_level` holds the case workers, who take hand-overs but no calls.

    `own_centre` is the centre (code) of people who serve queues of one centre alone.
    """

    places: Places
    promises: Mapping[str, AnswerTarget] = field(default_factory=dict)
    second_level: frozenset[int] = frozenset()
    own_centre: Mapping[int, str] = field(default_factory=dict)
    _code_of_centre: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._code_of_centre.update((pk, code) for code, pk in self.places.centres.items())

    def row(self, event: Event[Any], enquiry: Enquiry) -> dict[str, Any]:
        """The event as a row for storage; `enquiry` is the row before the event."""
        if promise := self.promises.get(event.queue):
            event = replace(event, payload=_promised(event, promise))
        if event.kind == Kind.ANSWERED and (helping := self._helping_centre(event)):
            event = replace(event, payload=replace(event.payload, helping_centre=helping))
        person = event.person if event.person is not None else enquiry.agent_id
        centre = self.places.centre_of_queue.get(event.queue) or self._code_of_centre.get(enquiry.centre_id or 0, "")
        return log.row(
            event, number=enquiry.events, channel=enquiry.channel, level=2 if person in self.second_level else 1,
            centre=centre,
        )  # fmt: skip

    def _helping_centre(self, event: Event[Any]) -> str:
        """The centre of an agent who answered in a queue of another centre; "" when nobody helped out."""
        own = self.own_centre.get(event.person or 0, "")
        return own if own != self.places.centre_of_queue.get(event.queue, own) else ""

    def replay(self, events: Iterable[Event[Any]]) -> tuple[Enquiry, list[dict[str, Any]]]:
        """Replay all events of an enquiry. Returns its row, and the events as stored."""
        enquiry: Enquiry | None = None
        stored = []
        for event in events:
            enquiry = enquiry or stream.begin(event, self.places)
            stored.append(self.row(event, enquiry))
            stream.apply(enquiry, event, self.places)
        if enquiry is None:
            raise ValueError("an enquiry has at least one event")
        return enquiry, stored


def _promised(event: Event[Any], promise: AnswerTarget) -> Any:
    """The payload with what the queue promises now, for events that are measured against it: later changes of the
    queue's terms, also of the day of a chosen time, change no figure."""
    if event.kind == Kind.QUEUED:
        return replace(event.payload, answer_within=promise.seconds, target_percent=promise.percent)
    if event.kind in (Kind.CALLBACK, Kind.CALLBACK_ORDERED) and event.payload.due:
        return replace(event.payload, answer_within=promise.seconds)
    return event.payload


def read(day: date) -> Circumstances:
    """The circumstances of all centres, for a process that caches them and reloads them after an edit."""
    queues = list(Queue.objects.with_terms(day).select_related("centre"))
    return Circumstances(
        places=places_of(queues),
        promises={
            queue.code: AnswerTarget(float(terms.service_level_seconds), float(terms.service_level_percent))
            for queue in queues
            for terms in [queue_terms.then(queue)]
        },
        second_level=frozenset(holders(Permission.TAKE_HANDOVERS, day).keys() - holders(Permission.TAKE_CALLS, day)),
        own_centre=_own_centres(day),
    )


def _own_centres(day: date) -> dict[int, str]:
    """The centre (code) of everybody who serves queues of one centre alone on that day."""
    serving = QueueMembership.objects.valid_on(day).order_by()
    centres: dict[int, set[str]] = {}
    for person, centre in serving.values_list("person", "queue__centre__code").distinct():
        centres.setdefault(person, set()).add(centre)
    return {person: next(iter(codes)) for person, codes in centres.items() if len(codes) == 1}


def of_centre(code: str, *, by: Person | None, day: date) -> Circumstances:
    """The circumstances of one centre and one person, or nobody, for a single event without a queue."""
    centres = dict(ContactCentre.objects.filter(code=code).values_list("code", "pk")) if code else {}
    return Circumstances(Places(centres=centres), second_level=_of_second_level(by, day))


def _of_second_level(by: Person | None, day: date) -> frozenset[int]:
    if by is None:
        return frozenset()
    second = may(by, Permission.TAKE_HANDOVERS, on=day) and not may(by, Permission.TAKE_CALLS, on=day)
    return frozenset({by.pk} if second else ())


def places_of(queues: Iterable[Queue]) -> Places:
    """The keys of all codes that events may carry."""
    queues = list(queues)
    return Places(
        queues={queue.code: queue.pk for queue in queues},
        centres=dict(ContactCentre.objects.values_list("code", "pk")),
        centre_of_queue={queue.code: queue.centre.code for queue in queues},
    )
