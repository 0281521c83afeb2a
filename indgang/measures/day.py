"""The figures of a day (or another period): for a centre with its queues, as the wallboard shows them, and for an
agent.

Sums come from `measures.recount`, formulas from `measures.sums` and `measures.service_level`. Waiting contacts and open
return calls are those of the present moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.enquiries import return_calls
from indgang.enquiries.waiting import WaitingNow, waiting_of
from indgang.entry.models import Queue, QueueTerms
from indgang.entry.setup import queue_terms
from indgang.measures import recount
from indgang.measures.period import Period
from indgang.measures.service_level import service_level
from indgang.measures.sums import Contacts, Replies, Segments, mean
from indgang.prepared.query import Query

_QUEUES = Query(
    lambda centre, day: (
        Queue.objects.valid_on(day)
        .with_terms(day)
        .filter(centre=centre)
        .select_related("schedule", "centre__schedule", "terms_then")
    ),
    centre=int,
    day=date,
)


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The figures of one queue. `terms` are those of the period's first day; the segments hold what later days
    promised."""

    queue: Queue
    terms: QueueTerms
    segments: Segments
    waiting: WaitingNow
    contacts: Contacts
    return_calls: Mapping[str, int]

    @property
    def target_percent(self) -> float:
        """The target, weighted by the calls of each day; without calls, that of the first day."""
        by_calls = self.segments.target_percent
        return self.terms.service_level_percent if by_calls is None else by_calls

    @property
    def meets_target(self) -> bool | None:
        """Whether the service level (SL4) meets the target; None without data."""
        level = service_level(self.segments)
        return None if level is None else level >= self.target_percent


@dataclass(frozen=True, slots=True)
class WrittenFigures:
    """The answers of one queue of written enquiries or chats. `terms` are those of the period's first day."""

    queue: Queue
    terms: QueueTerms
    replies: Replies

    @property
    def target_percent(self) -> float:
        by_answers = self.replies.target_percent
        return self.terms.service_level_percent if by_answers is None else by_answers


@dataclass(frozen=True, slots=True)
class CentreFigures:
    """All figures of a wallboard: those of the queues of calls with their sums, those of the written queues, and the
    contacts without a queue."""

    centre: ContactCentre
    at: datetime
    period: Period
    queues: tuple[QueueFigures, ...]
    written: tuple[WrittenFigures, ...]
    segments: Segments
    waiting: WaitingNow
    contacts: Contacts
    return_calls: Mapping[str, int]

    @property
    def target_percent(self) -> float | None:
        """The queues' targets, weighted by the decided calls of each; unweighted when there were none."""
        by_calls = self.segments.target_percent
        return (
            mean(sum(each.target_percent for each in self.queues), len(self.queues)) if by_calls is None else by_calls
        )

    @property
    def meets_target(self) -> bool | None:
        level, target = service_level(self.segments), self.target_percent
        return None if level is None or target is None else level >= target


def centre_figures(centre: ContactCentre, *, at: datetime, period: Period | None = None) -> CentreFigures:
    """The figures of `centre` as they stand at `at`, for the day of `at` unless another period is given.

    Six queries, whatever the number of queues; five without written ones. Waiting contacts and return calls are
    current, the rest covers the period.
    """
    period = period or Period.day_of(at)
    day = day_of(period.start)
    everything: list[Queue] = _QUEUES.models(centre=centre.pk, day=day)
    queues = [queue for queue in everything if queue.work == Queue.Work.CALL]
    keys = [queue.pk for queue in queues]
    segments = recount.segments(keys, period, at=at)
    contacts = recount.contacts(centre.pk, period)
    waiting, to_ring = waiting_of(keys), return_calls.open_by_kind([queue.pk for queue in everything])
    rows = tuple(
        QueueFigures(
            queue=queue,
            terms=queue_terms.then(queue),
            segments=segments.get(queue.pk, Segments()),
            waiting=waiting.get(queue.pk, WaitingNow()),
            contacts=contacts.get(queue.pk, Contacts()),
            return_calls=to_ring.get(queue.pk, {}),
        )
        for queue in queues
    )
    return CentreFigures(
        centre=centre,
        at=at,
        period=period,
        queues=rows,
        written=_written([queue for queue in everything if queue.work != Queue.Work.CALL], period, at),
        segments=sum((row.segments for row in rows), Segments()),
        waiting=sum((row.waiting for row in rows), WaitingNow()),
        contacts=sum(contacts.values(), Contacts()),
        return_calls=sum((Counter(each) for each in to_ring.values()), Counter[str]()),
    )


def _written(queues: list[Queue], period: Period, at: datetime) -> tuple[WrittenFigures, ...]:
    replies = recount.replies([queue.pk for queue in queues], period, at=at) if queues else {}
    return tuple(WrittenFigures(queue, queue_terms.then(queue), replies.get(queue.pk, Replies())) for queue in queues)


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """The figures of one agent. `answered` counts conversations, including outbound calls; `contacts` counts those
    whose last agent this is."""

    answered: int
    contacts: Contacts
    unregistered: int
    #: mean over those contacts that are wrapped up; None when none is
    wrap_up_seconds: float | None = None


def agent_figures(
    person: Person, *, at: datetime, period: Period | None = None, centre: ContactCentre | None = None
) -> AgentFigures:  # fmt: skip
    """The calls, talk time and registrations of `person` in the period, by default the day of `at`, for one centre or
    for all. One query."""
    contacts, row = recount.agent(person.pk, period or Period.day_of(at), at=at, centre=centre.pk if centre else None)
    return AgentFigures(row["calls"], contacts, row["unregistered"], row["wrap_up"])
