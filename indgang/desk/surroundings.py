"""The surroundings of a desk: waiting callers, current messages, and colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from indgang.core.clock import day_of
from indgang.desk.access import Centre, ServedQueue, waits_for_one
from indgang.enquiries.waiting import WaitingNow, waiting_of
from indgang.entry.models import AgentState, DayLogEntry, Disturbance, StaffNews
from indgang.entry.team import day_log
from indgang.entry.team.on_duty import Colleague, signed_in
from indgang.prepared.query import Query

#: the most personal waits that the desk shows
MOST_PERSONAL = 6
#: order of states: people who can help come first
_ORDER = (
    AgentState.READY, AgentState.WORKING, AgentState.WRAP_UP, AgentState.TALKING, AgentState.RINGING, AgentState.PAUSED,
    AgentState.NOT_RESPONDING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueNow:
    queue: ServedQueue
    waiting: WaitingNow


@dataclass(frozen=True, slots=True)
class Message:
    """A message to callers until a time."""

    pk: int
    text: str
    text_en: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NewsLine:
    """A piece of news for this person."""

    pk: int
    edition: int
    title: str
    text: str
    must_read: bool
    shown_until: datetime
    author: str | None
    is_read: bool


@dataclass(frozen=True, slots=True)
class PersonalWaitLine:
    """A caller who waits for one person (id) alone, and the person who chose this."""

    enquiry: UUID
    number: str
    until: datetime
    by: int | None
    person: int
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """The people of one centre who are signed in, without the person who asks."""

    centre: Centre
    agents: list[Colleague]
    free: int


_MESSAGES = Query(
    lambda at: Disturbance.objects.on_at(at).values_list("centre", "pk", "text", "text_en", "ends_at"), at=datetime
)
_NEWS = Query(
    lambda person, day, at: (
        StaffNews.objects.shown_at(at)
        .for_person(person, day)
        .with_read_by(person)
        .values_list("pk", "edition", "title", "text", "must_read", "shown_until", "written_by__name", "is_read")
    ),
    person=int,
    day=date,
    at=datetime,
)
_PERSONAL = Query(
    lambda person, day: waits_for_one(person, day).values_list(
        "pk", "caller_number", "waits_until", "waits_by", "waits_for", "waits_for__name"
    ),
    person=int,
    day=date,
)


class Surroundings:
    """The surroundings, read when a template asks.

    `queues` are the person's own, `centres` those whose callers reach them.
    """

    def __init__(self, queues: Sequence[ServedQueue], centres: Sequence[Centre], *, person: int, at: datetime) -> None:
        self.queues, self.centres, self.person, self.at = queues, centres, person, at

    @cached_property
    def waiting(self) -> list[QueueNow]:
        """The queues with their waiting callers; the longest wait first, empty queues last."""
        found = waiting_of(queue.pk for queue in self.queues) if self.queues else {}
        rows = [QueueNow(queue, found.get(queue.pk, WaitingNow())) for queue in self.queues]
        return sorted(rows, key=lambda row: -row.waiting.seconds(self.at))

    @cached_property
    def personal(self) -> list[PersonalWaitLine]:
        """Personal waits: first those for this person or chosen by them, then by their end."""
        rows = [PersonalWaitLine(*row) for row in _PERSONAL.rows(person=self.person, day=day_of(self.at))]
        own = sorted(rows, key=lambda row: self.person not in (row.by, row.person))
        return own[:MOST_PERSONAL]

    @property
    def waiting_calls(self) -> int:
        return sum(row.waiting.calls for row in self.waiting)

    @cached_property
    def messages(self) -> list[Message]:
        """The messages that callers of these centres, or all callers, hear now."""
        mine = {None, *(centre.pk for centre in self.centres)}
        return [Message(*words) for centre, *words in _MESSAGES.rows(at=self.at) if centre in mine]

    @cached_property
    def news(self) -> list[NewsLine]:
        """The news for this person, what must be read first."""
        return [NewsLine(*row) for row in _NEWS.rows(person=self.person, day=day_of(self.at), at=self.at)]

    @property
    def unread(self) -> list[NewsLine]:
        return [each for each in self.news if not each.is_read]

    @property
    def read(self) -> list[NewsLine]:
        return [each for each in self.news if each.is_read]

    @cached_property
    def day_log(self) -> list[DayLogEntry]:
        """What is in the logs of these centres today, newest first."""
        centres = [centre.pk for centre in self.centres]
        return list(day_log.of_day(day_of(self.at)).filter(centre__in=centres)) if centres else []

    @cached_property
    def teams(self) -> list[Team]:
        return [self._team(centre) for centre in self.centres]

    def _team(self, centre: Centre) -> Team:
        everybody = signed_in(centre.pk, day=day_of(self.at))
        present = [each for pk, each in everybody.items() if each.state in _ORDER and pk != self.person]
        present.sort(key=lambda each: _ORDER.index(each.state))
        return Team(centre, present, sum(each.state == AgentState.READY for each in present))
