"""The content of a wallboard, from the day's figures: tiles, queue rows and agents, each with its level in words.

A level is never shown by colour alone: it has a word and a shape (see wallboard.css).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.accounts import recognition
from indgang.agreements import agreed_level
from indgang.agreements.agreed_level import AgreedLevel
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Schedule
from indgang.core import schedule as core_schedule
from indgang.core.clock import day_of
from indgang.correspondence.waiting import WrittenWaiting, waiting_of
from indgang.enquiries.models import Enquiry, ReturnCall
from indgang.entry.models import AgentState, Disturbance, QueueMessage
from indgang.entry.setup import prompts
from indgang.entry.team import on_duty
from indgang.entry.team.on_duty import AgentNow
from indgang.handover import time_words
from indgang.measures.day import CentreFigures, QueueFigures, WrittenFigures, centre_figures
from indgang.measures.service_level import ServiceLevel, in_time, service_level
from indgang.measures.sums import Replies, Segments, Share
from indgang.prepared.query import Query

#: up to this many points below its target a service level or share is near it; further down it is missed
NEAR_POINTS = 10.0

#: lines for agents on the wall, headings included, in letters that are readable at five metres; and names per line
LINES_ON_WALL = 12
NAMES_IN_LINE = 2
#: rows of queues for which a wall has room, in large letters; with more, the written ones are one row
QUEUES_ON_WALL = 7
#: lines that a disturbance message takes from them
_DISTURBANCE_LINES = 2

#: order of the states on the board: people who can take a call come first
_SHOWN_STATES = (
    AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.WORKING, AgentState.WRAP_UP, AgentState.PAUSED,
    AgentState.NOT_RESPONDING, AgentState.SIGNED_OUT,
)  # fmt: skip


_MESSAGES = Query(
    lambda centre, day: (
        prompts.spoken(QueueMessage.objects.valid_on(day).filter(queue__centre=centre))
        .select_related("queue")
        .order_by("queue__name", "order")
    ),
    centre=int,
    day=date,
)
_DISTURBANCES = Query(
    lambda centre, at: Disturbance.objects.on_at(at).filter(Q(centre=centre) | Q(centre=None)), centre=int, at=datetime
)
_PERSONAL = Query(
    lambda centre: (
        Enquiry.objects.filter(waits_for__isnull=False, queue__centre=centre)
        .select_related("waits_for", "queue")
        .only("waits_until", "waits_for__name", "queue__name", "queue__name_en")
        .order_by("waits_until")
    ),
    centre=int,
)
#: opening hours by schedule: every board asks for them, and they rarely change
_hours: recognition.Remembered[core_schedule.Schedule] = recognition.Remembered()


class TargetStatus(StrEnum):
    GOOD = "good"
    NEAR = "near"
    BAD = "bad"
    NONE = "none"

    @property
    def word(self) -> str:
        return {
            TargetStatus.GOOD: _("Mål nået"),
            TargetStatus.NEAR: _("Tæt på målet"),
            TargetStatus.BAD: _("Under målet"),
            TargetStatus.NONE: _("Ingen data"),
        }[self]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue on the board."""

    figures: QueueFigures
    level: TargetStatus
    in_time: Share
    waiting: TargetStatus
    opening: hours.Opening | None
    free: int
    #: closed by a person, and the end of the closure has not come
    is_closed: bool

    @property
    def promise(self) -> int:
        return self.figures.terms.service_level_seconds


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One queue of written work on the board, or all of them (`figures` is None).

    `oldest` is the opening time for which a contact has waited longest, in words, and `promise` the promised one.
    """

    figures: WrittenFigures | None
    replies: Replies
    now: WrittenWaiting
    level: TargetStatus
    waiting: TargetStatus
    oldest: str
    promise: str
    opening: hours.Opening | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class AgentShown:
    now: AgentNow
    first_name: str
    #: names of the queues they serve, or that they serve all queues of the centre
    serving: str


@dataclass(frozen=True, slots=True)
class StateGroup:
    """The agents in one state on the wall: as many names as fit, and the number of the others."""

    state: AgentState
    agents: list[AgentShown]
    more: int

    @property
    def count(self) -> int:
        return len(self.agents) + self.more


@dataclass(frozen=True, slots=True)
class Wallboard:
    """Everything of one centre at one moment."""

    figures: CentreFigures
    opening: hours.Opening
    rows: list[QueueRow]
    written: list[WrittenRow]
    agents: list[AgentShown]
    states: list[tuple[AgentState, int]]
    level: TargetStatus
    in_time: Share
    strict_level: float | None
    #: what the agreement measures, where that is another formula; "" otherwise
    agreed_level: str
    #: the names of other agreed figures, by the code of the figure that is shown
    agreed_instead: Mapping[str, str]
    target: float | None
    waiting: TargetStatus
    #: each with its spoken text as `text`
    messages: list[QueueMessage]
    disturbances: list[Disturbance]
    #: callers who wait for one colleague alone
    personal: list[Enquiry]

    @property
    def signed_in(self) -> int:
        return sum(count for state, count in self.states if state is not AgentState.SIGNED_OUT)

    @property
    def is_full(self) -> bool:
        """Whether the rows of queues need smaller letters on a wall."""
        return len(self.rows) + len(self.written) > QUEUES_ON_WALL

    @property
    def written_on_wall(self) -> list[WrittenRow]:
        """The written queues, in one row where there is no room for each."""
        return [_together(self.written)] if self.is_full and self.written else self.written

    @property
    def groups(self) -> list[StateGroup]:
        """The agents who are signed in, by state; within a state the longest stay comes first."""
        return grouped(self.agents, LINES_ON_WALL - _DISTURBANCE_LINES * len(self.disturbances))

    @property
    def free_agents(self) -> int:
        return dict(self.states)[AgentState.READY]

    @property
    def shortest_promise(self) -> int:
        """Seconds after which a wait in the centre is late.

        This is the strictest target among the queues with waiting callers.
        """
        return min((row.promise for row in self.rows if row.figures.waiting.calls), default=0)

    @property
    def waiting_word(self) -> str:
        return {
            TargetStatus.GOOD: _("Inden for målet"),
            TargetStatus.NEAR: _("Nærmer sig målet"),
            TargetStatus.BAD: _("Længere end målet"),
            TargetStatus.NONE: "",
        }[self.waiting]

    @property
    def to_ring(self) -> int:
        return sum(self.figures.return_calls.values())

    @property
    def missed(self) -> int:
        """Of the callers to ring: those who did not answer the promised call."""
        return self.figures.return_calls.get(ReturnCall.Kind.NOT_REACHED, 0)


def board_of(centre: ContactCentre, *, at: datetime) -> Wallboard:
    """The board of `centre` at `at`. A fixed number of queries; opening hours are cached for two seconds."""
    day = day_of(at)
    numbers = centre_figures(centre, at=at)
    agents = on_duty.agents_of(centre, day=day)
    agreed = agreed_level.other_than_shown(centre.pk, day)
    free, answered = _free_by_queue(agents), in_time(numbers.segments)
    rows = [_row(each, at, free.get(each.queue.pk, 0)) for each in numbers.queues]
    counts = on_duty.states_of(agents)
    return Wallboard(
        figures=numbers,
        opening=_opening(centre.schedule, at),
        rows=rows,
        written=_written_rows(numbers.written, at),
        agents=[_shown(each, len(numbers.queues) + len(numbers.written)) for each in agents],
        states=[(state, counts[state]) for state in _SHOWN_STATES],
        level=level_of(answered.percent, numbers.target_percent),
        in_time=answered,
        strict_level=service_level(numbers.segments, ServiceLevel.SL3),
        agreed_level=_agreed_level(agreed.level, numbers.segments),
        agreed_instead=agreed.instead,
        target=numbers.target_percent,
        waiting=max((row.waiting for row in rows), key=_badness, default=TargetStatus.NONE),
        messages=_MESSAGES.models(centre=centre.pk, day=day),
        disturbances=_DISTURBANCES.models(centre=centre.pk, at=at),
        personal=_PERSONAL.models(centre=centre.pk),
    )


def _agreed_level(agreed: AgreedLevel | None, segments: Segments) -> str:
    """The day's value by the agreed formula; a promise in seconds of its own is named alone."""
    if agreed is None:
        return ""
    if agreed.within is not None:
        said = {"variant": agreed.variant, "seconds": agreed.within}
        return _("Aftalen måler %(variant)s med svar inden for %(seconds)s sekunder") % said
    value = service_level(segments, agreed.variant)
    said = {"variant": agreed.variant, "value": "–" if value is None else f"{value:.0f} %"}
    return _("%(value)s efter aftalens formel, %(variant)s") % said


def _opening(schedule: Schedule, at: datetime) -> hours.Opening:
    return hours.opening(_schedule(schedule), at)


def _schedule(row: Schedule) -> core_schedule.Schedule:
    return _hours.find(row.pk) or _hours.keep(row.pk, hours.schedule_of(row))


def grouped(agents: Iterable[AgentShown], lines: int = LINES_ON_WALL) -> list[StateGroup]:
    """Agents by state in the order of the board. When space is short, the states share the lines evenly.

    On a wall without disturbances each state has at least one line, even when all states occur.
    """
    by_state: dict[AgentState, list[AgentShown]] = {state: [] for state in _SHOWN_STATES[:-1]}
    for agent in agents:
        if agent.now.state in by_state:
            by_state[agent.now.state].append(agent)
    there = {state: sorted(each, key=_longest_first) for state, each in by_state.items() if each}
    wanted = {state: -(-len(each) // NAMES_IN_LINE) for state, each in there.items()}
    room = lines - len(there)
    dealt = _evenly(wanted, room if lines < LINES_ON_WALL else max(room, len(there)))
    return [_group(state, each, dealt[state] * NAMES_IN_LINE) for state, each in there.items()]


def _group(state: AgentState, agents: list[AgentShown], places: int) -> StateGroup:
    """A group; people without a line are counted in its last one."""
    if len(agents) <= places:
        return StateGroup(state, agents, more=0)
    names = max(places - 1, 0)
    return StateGroup(state, agents[:names], more=len(agents) - names)


def _evenly(wanted: dict[AgentState, int], room: int) -> dict[AgentState, int]:
    """Distribute `room` lines one at a time among the groups that still need one."""
    dealt = dict.fromkeys(wanted, 0)
    while room > 0 and (open_groups := [state for state in wanted if dealt[state] < wanted[state]]):
        for state in open_groups[:room]:
            dealt[state] += 1
        room -= len(open_groups)
    return dealt


def _longest_first(agent: AgentShown) -> tuple[bool, datetime | None, str]:
    return agent.now.since is None, agent.now.since, agent.first_name


def level_of(percent: float | None, target: float | None) -> TargetStatus:
    if percent is None or target is None:
        return TargetStatus.NONE
    if percent >= target:
        return TargetStatus.GOOD
    return TargetStatus.NEAR if percent >= target - NEAR_POINTS else TargetStatus.BAD


def _row(each: QueueFigures, at: datetime, free: int) -> QueueRow:
    answered = in_time(each.segments)
    own_hours = each.queue.schedule
    return QueueRow(
        figures=each,
        level=level_of(answered.percent, each.target_percent),
        in_time=answered,
        waiting=_waiting_level(each, at),
        opening=_opening(own_hours, at) if own_hours else None,
        free=free,
        is_closed=each.queue.is_closed_at(at),
    )


def _written_rows(figures: Iterable[WrittenFigures], at: datetime) -> list[WrittenRow]:
    rows = list(figures)
    now = waiting_of([each.queue.pk for each in rows], at=at) if rows else {}
    return [_written_row(each, now.get(each.queue.pk, WrittenWaiting()), at) for each in rows]


def _written_row(each: WrittenFigures, now: WrittenWaiting, at: datetime) -> WrittenRow:
    schedule = _schedule(each.queue.opening_hours)
    waited, promise = schedule.open_seconds(now.since, at) if now.since else None, each.terms.service_level_seconds
    return WrittenRow(
        figures=each,
        replies=each.replies,
        now=now,
        level=level_of(each.replies.in_time.percent, each.target_percent),
        waiting=_written_level(now, waited, promise),
        oldest="" if waited is None else time_words.length(waited),
        promise=time_words.length(promise),
        opening=_opening(each.queue.schedule, at) if each.queue.schedule else None,
        is_closed=each.queue.is_closed_at(at),
    )


def _written_level(now: WrittenWaiting, waited: float | None, promise: int) -> TargetStatus:
    """Good: nobody waits, or below half of the target; bad: something is overdue."""
    if now.overdue:
        return TargetStatus.BAD
    return TargetStatus.NEAR if (waited or 0.0) > promise / 2 else TargetStatus.GOOD


def _together(rows: list[WrittenRow]) -> WrittenRow:
    """All written queues as one row."""
    replies, now = sum((row.replies for row in rows), Replies()), sum((row.now for row in rows), WrittenWaiting())
    oldest = next((row.oldest for row in rows if row.now.since == now.since), "")
    return WrittenRow(
        figures=None, replies=replies, now=now, level=level_of(replies.in_time.percent, replies.target_percent),
        waiting=max((row.waiting for row in rows), key=_badness), oldest=oldest, promise="", opening=None,
        is_closed=False,
    )  # fmt: skip


def _waiting_level(each: QueueFigures, at: datetime) -> TargetStatus:
    """Good: nobody waits, or the wait is below half of the target; bad: a wait exceeds the target."""
    seconds, promise = each.waiting.seconds(at), each.terms.service_level_seconds
    if seconds > promise:
        return TargetStatus.BAD
    return TargetStatus.NEAR if seconds > promise / 2 else TargetStatus.GOOD


def _badness(level: TargetStatus) -> int:
    return (TargetStatus.NONE, TargetStatus.GOOD, TargetStatus.NEAR, TargetStatus.BAD).index(level)


def _free_by_queue(agents: Iterable[AgentNow]) -> dict[int, int]:
    free: dict[int, int] = {}
    for agent in agents:
        if agent.state is AgentState.READY:
            for queue, on in agent.queues:
                free[queue.pk] = free.get(queue.pk, 0) + on
    return free


def _shown(agent: AgentNow, queues: int) -> AgentShown:
    first = next(iter(agent.name.split()), agent.username)
    on = [queue.name for queue, active in agent.queues if active]
    all_of_them = len(on) == queues > 1
    return AgentShown(agent, first, _("alle køer") if all_of_them else ", ".join(on) or _("ingen køer"))
