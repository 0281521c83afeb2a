"""Live figures of one day per queue, centre and agent, computed from the event stream and the enquiries.

A *visit* is one stay of one call in one queue: it begins with the event `queued` and is decided by the first event
after it that says how it ended. A visit belongs to the queue and to the moment it began, so a day's figures stop
changing when its last visit is decided, and every visit is counted once:

    offered = answered + abandoned + waiting + overflowed + messages + callbacks + left

A *contact* is one enquiry; it belongs to the queue it stood in last and to the centre of its row (walk-ins and direct
calls have no queue, and count for the centre alone). The formulas, with T the queue's promised seconds and s the
limit of a short call (`SHORT_ABANDON_SECONDS`):

    A, A_T           visits answered, those of them within T seconds of the start of the visit (at T is within)
    B, B_T, B_s      visits the caller gave up, those of them within T, within s
    service level    see `ServiceLevel`; None ("no data") when the denominator is 0, never 100 %
    ASA              seconds waited by answered visits / A
    average talk     talk seconds / contacts answered in the period whose call is over; calls alone: what was typed of a
                     visit is no talk (nor is it handle time)
    average handle   (talk + hold + wrap-up seconds) / the same, without those still in wrap-up
    transfer rate    contacts answered in the period with at least one transfer / contacts answered in the period
    straksafklaring  contacts first registered in the period, never transferred, whose every question ended as
                     resolved or directed to self-service / contacts first registered in the period

Centre figures are the sums of the queues' (each visit against its own queue's T). A call that moves between two
queues of one centre is two visits, the first of them `overflowed`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self, TypeVar

from django.db import connection

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of, in_utc
from indgang.core.text import sort_key
from indgang.enquiries.models import Channel, Outcome
from indgang.entry.journal import Kind
from indgang.entry.models import AgentState, Queue, QueueMembership

#: an abandoned call as short as this never gave us the chance to answer (features.md 4.2, the s of SL5)
SHORT_ABANDON_SECONDS = 5

#: what a question may end as and still count as resolved at once: no transfer and no task came of it
RESOLVED_AT_ONCE = (Outcome.RESOLVED, Outcome.DIRECTED)

#: the channels whose minutes are talk
_SPOKEN = (Channel.PHONE, Channel.DIRECT)

#: how long after the end of a day its last visits may still be decided (and how long a call can last: the queries of
#: contacts look no further back, so that they can use the index on arrivals)
_DECIDED_WITHIN = timedelta(hours=12)

#: the first of these after `queued` decides the visit
_DECIDES = {
    Kind.ANSWERED: "answered",
    Kind.ABANDONED: "abandoned",
    Kind.OVERFLOWED: "overflowed",
    Kind.QUEUED: "overflowed",
    Kind.TRANSFERRED: "overflowed",
    Kind.PASSED_ON: "overflowed",
    Kind.MESSAGE: "messages",
    Kind.CALLBACK: "callbacks",
    Kind.LEFT: "left",
    Kind.ENDED: "left",
}


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until (not including) `end`, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def day(cls, day: date) -> Self:
        """The 23, 24 or 25 hours of one day in Copenhagen."""
        start, end = (datetime.combine(each, time(), COPENHAGEN) for each in (day, day + timedelta(days=1)))
        return cls(in_utc(start), in_utc(end))

    @classmethod
    def day_of(cls, at: datetime) -> Self:
        return cls.day(day_of(at))


# --- Numbers and formulas ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sum:
    """Figures that can be added field by field."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Visits(_Sum):
    """Visits that began in the period, by how they were decided. Seconds are sums."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    waiting: int = 0
    overflowed: int = 0
    messages: int = 0
    callbacks: int = 0
    left: int = 0
    answered_in_time: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0
    answer_seconds: float = 0.0

    @property
    def abandoned_late(self) -> int:
        """Those who gave up after waiting longer than a short call."""
        return self.abandoned - self.abandoned_short

    @property
    def average_answer_seconds(self) -> float | None:
        return _ratio(self.answer_seconds, self.answered)

    @property
    def given_up(self) -> Share:
        """Of the calls that were answered or given up, those given up; short calls are left out on both sides."""
        return Share(self.abandoned_late, self.answered + self.abandoned_late)


@dataclass(frozen=True, slots=True)
class Contacts(_Sum):
    """Contacts answered or registered in the period. Seconds are sums."""

    answered: int = 0
    transferred: int = 0
    talked: int = 0
    handled: int = 0
    talk_seconds: float = 0.0
    handle_seconds: float = 0.0
    registered: int = 0
    resolved_at_once: int = 0

    @property
    def average_talk_seconds(self) -> float | None:
        return _ratio(self.talk_seconds, self.talked)

    @property
    def average_handle_seconds(self) -> float | None:
        return _ratio(self.handle_seconds, self.handled)

    @property
    def transfer_percent(self) -> float | None:
        return _percent(self.transferred, self.answered)

    @property
    def resolved_at_once_percent(self) -> float | None:
        return _percent(self.resolved_at_once, self.registered)


Sum = TypeVar("Sum", bound=_Sum)


class ServiceLevel(StrEnum):
    """The ways to compute a service level; they differ in what an abandoned call counts as (features.md 4.2)."""

    SL1 = "SL1"
    """(A_T + B_T) / (A + B): a quick hang-up counts as good."""
    SL2 = "SL2"
    """A_T / A: abandoned calls do not count."""
    SL3 = "SL3"
    """A_T / (A + B): every abandoned call counts against."""
    SL4 = "SL4"
    """A_T / (A + B - B_T): calls abandoned within the promise are left out. The default."""
    SL5 = "SL5"
    """A_T / (A + B - B_s): short calls are left out."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, and the percent they make: None when there is nothing to compute it from."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return _percent(self.part, self.whole)


def in_time(visits: Visits, variant: ServiceLevel = ServiceLevel.SL4) -> Share:
    """The visits within the promise, of those that count by this variant."""
    good, decided = visits.answered_in_time, visits.answered + visits.abandoned
    match variant:
        case ServiceLevel.SL1:
            return Share(good + visits.abandoned_in_time, decided)
        case ServiceLevel.SL2:
            return Share(good, visits.answered)
        case ServiceLevel.SL3:
            return Share(good, decided)
        case ServiceLevel.SL4:
            return Share(good, decided - visits.abandoned_in_time)
        case ServiceLevel.SL5:
            return Share(good, decided - visits.abandoned_short)


def service_level(visits: Visits, variant: ServiceLevel = ServiceLevel.SL4) -> float | None:
    """Percent within the promise, or None when there is nothing to compute it from."""
    return in_time(visits, variant).percent


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _percent(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole else None


# --- A board of one centre ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits now, whenever they came. `since` is so long ago as the one who has waited longest has waited in all."""

    calls: int = 0
    since: datetime | None = None

    def __add__(self, other: Waiting) -> Waiting:
        times = [each for each in (self.since, other.since) if each is not None]
        return Waiting(self.calls + other.calls, min(times, default=None))

    def seconds(self, at: datetime) -> float:
        """How long the one who has waited longest has waited; 0 when nobody waits."""
        return max((at - self.since).total_seconds(), 0.0) if self.since else 0.0


@dataclass(frozen=True, slots=True)
class QueueFigures:
    queue: Queue
    visits: Visits = Visits()
    waiting: Waiting = Waiting()
    contacts: Contacts = Contacts()
    ring_backs: Mapping[str, int] = field(default_factory=dict)

    @property
    def meets_target(self) -> bool | None:
        """Whether the service level (SL4) is at the queue's target; None without data."""
        level = service_level(self.visits)
        return None if level is None else level >= self.queue.service_level_percent


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent of the centre: what they do and since when, and the queues they serve (`True`: switched on today)."""

    pk: int
    username: str
    name: str
    state: AgentState
    since: datetime | None
    reason: str
    queues: tuple[tuple[Queue, bool], ...]


@dataclass(frozen=True, slots=True)
class CentreFigures:
    """All that a wallboard shows: sums of the queues', with the contacts that never stood in one."""

    centre: ContactCentre
    at: datetime
    period: Period
    queues: tuple[QueueFigures, ...]
    visits: Visits
    waiting: Waiting
    contacts: Contacts
    ring_backs: Mapping[str, int]

    @property
    def target_percent(self) -> float | None:
        """The queues' targets weighted by the calls each decided; evenly when there were none."""
        weights = [(each.visits.answered + each.visits.abandoned, each.queue) for each in self.queues]
        if not any(weight for weight, _ in weights):
            weights = [(1, queue) for _, queue in weights]
        total = sum(weight for weight, _ in weights)
        return _ratio(sum(weight * queue.service_level_percent for weight, queue in weights), total)

    @property
    def meets_target(self) -> bool | None:
        level, target = service_level(self.visits), self.target_percent
        return None if level is None or target is None else level >= target


def centre_figures(centre: ContactCentre, *, at: datetime, period: Period | None = None) -> CentreFigures:
    """The figures of `centre` as they stand at `at`, for the day of `at` unless another period is given.

    Three queries, whatever the number of queues. Waiting and ring-backs are of now, the rest of the period.
    """
    period = period or Period.day_of(at)
    day = day_of(period.start)
    queues = list(Queue.objects.valid_on(day).filter(centre=centre).select_related("schedule"))
    visits = _visits_of(queues, period, at)
    contacts = _contacts_of(centre, period)
    now = {queue: _now(row) for queue, row in visits.items()}
    rows = tuple(
        QueueFigures(
            queue=queue,
            visits=_picked(Visits, visits[queue.pk]),
            waiting=now[queue.pk][0],
            contacts=contacts.get(queue.pk, Contacts()),
            ring_backs=now[queue.pk][1],
        )
        for queue in queues
    )
    return CentreFigures(
        centre=centre,
        at=at,
        period=period,
        queues=rows,
        visits=sum((row.visits for row in rows), Visits()),
        waiting=sum((row.waiting for row in rows), Waiting()),
        contacts=sum(contacts.values(), Contacts()),
        ring_backs=sum((Counter(row.ring_backs) for row in rows), Counter[str]()),
    )


def waiting_of(queues: Iterable[int]) -> dict[int, Waiting]:
    """Who waits now in these queues (ids), by queue; queues in which nobody waits are left out. One query."""
    rows = _rows(_STANDING, {"queues": list(queues)})
    return {row["id"]: Waiting(row["calls"], row["since"]) for row in rows}


def agents_of(centre: ContactCentre, *, day: date) -> list[AgentNow]:
    """Everybody who serves a queue of the centre that day, those who are signed in first, then by name. Two queries.

    Plain rows, not models: a hundred walls ask for the agents of their centre more than once a second.
    """
    queues = list(Queue.objects.filter(centre=centre).order_by("name"))
    rows = QueueMembership.objects.serving_on(day).filter(queue__in=queues).order_by().values(*_AGENT_NOW)
    by_person: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_person[row["person_id"]].append(row)
    agents = [_agent(person, queues) for person in by_person.values()]
    return sorted(agents, key=lambda each: (each.state == AgentState.SIGNED_OUT, sort_key(each.name)))


def states_of(agents: Iterable[AgentNow]) -> dict[AgentState, int]:
    """How many agents are in each state, every state named."""
    counts = Counter(each.state for each in agents)
    return {state: counts[state] for state in AgentState}


# --- One agent ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """One agent's own day. `answered` counts conversations, ours too; `contacts` those that ended with this agent."""

    answered: int
    contacts: Contacts
    unregistered: int
    #: the mean of those contacts that have been wrapped up; None when none has
    wrap_up_seconds: float | None = None


def agent_figures(person: Person, *, at: datetime, period: Period | None = None) -> AgentFigures:
    """What `person` answered, talked and registered in the period, by default the day of `at`."""
    period = period or Period.day_of(at)
    row = _one(_AGENT, {"person": person.pk, **_bounds(period, at), **_words()})
    return AgentFigures(row["calls"], _picked(Contacts, row), row["unregistered"], row["wrap_up"])


# --- Queries -----------------------------------------------------------------------------------

_STANDING = """
    SELECT queue_id AS id, count(*) AS calls,
           min(coalesce(phase_since - make_interval(secs => wait_seconds), queued_at, arrived_at)) AS since
    FROM enquiries_enquiry WHERE state IN ('waiting', 'ringing') AND queue_id = ANY(%(queues)s) GROUP BY queue_id
"""

_VISITS = f"""
WITH stream AS (
    SELECT queue, kind, at, lead(kind) OVER visit AS decided_by, lead(at) OVER visit AS decided_at
    FROM enquiries_event
    WHERE at >= %(start)s AND at < %(until)s AND kind = ANY(%(kinds)s)
    WINDOW visit AS (PARTITION BY enquiry_id ORDER BY number)
), visit AS (
    SELECT q.id, %(decides)s::jsonb ->> s.decided_by AS result, extract(epoch FROM s.decided_at - s.at) AS seconds,
           q.service_level_seconds AS promise
    FROM stream s JOIN entry_queue q ON q.code = s.queue
    WHERE s.kind = 'queued' AND s.at < %(end)s AND q.id = ANY(%(queues)s)
), visits AS (
    SELECT id, count(*) AS offered,
           count(*) FILTER (WHERE result = 'answered') AS answered,
           count(*) FILTER (WHERE result = 'abandoned') AS abandoned,
           count(*) FILTER (WHERE result IS NULL) AS waiting,
           count(*) FILTER (WHERE result = 'overflowed') AS overflowed,
           count(*) FILTER (WHERE result = 'messages') AS messages,
           count(*) FILTER (WHERE result = 'callbacks') AS callbacks,
           count(*) FILTER (WHERE result = 'left') AS left,
           count(*) FILTER (WHERE result = 'answered' AND seconds <= promise) AS answered_in_time,
           count(*) FILTER (WHERE result = 'abandoned' AND seconds <= promise) AS abandoned_in_time,
           count(*) FILTER (WHERE result = 'abandoned' AND seconds <= %(short)s) AS abandoned_short,
           sum(seconds) FILTER (WHERE result = 'answered') AS answer_seconds
    FROM visit GROUP BY id
), standing AS ({_STANDING}), to_ring AS (
    SELECT queue_id AS id, jsonb_object_agg(kind, n) AS ring_backs FROM (
        SELECT queue_id, kind, count(*) AS n FROM enquiries_ringback
        WHERE done_at IS NULL AND queue_id = ANY(%(queues)s) GROUP BY queue_id, kind
    ) AS open GROUP BY queue_id
)
SELECT q.id, v.*, s.calls, s.since, r.ring_backs FROM entry_queue q
LEFT JOIN visits v ON v.id = q.id LEFT JOIN standing s ON s.id = q.id LEFT JOIN to_ring r ON r.id = q.id
WHERE q.id = ANY(%(queues)s)
"""  # noqa: S608  # only the constant above is put in

_MEASURED = """
           count(*) AS answered,
           count(*) FILTER (WHERE e.transfers > 0) AS transferred,
           count(*) FILTER (WHERE e.ended_at IS NOT NULL AND e.channel = ANY(%(spoken)s)) AS talked,
           sum(e.talk_seconds) FILTER (WHERE e.ended_at IS NOT NULL AND e.channel = ANY(%(spoken)s)) AS talk_seconds,
           count(*) FILTER (WHERE e.ended_at IS NOT NULL AND p.person_id IS NULL AND e.channel = ANY(%(spoken)s))
               AS handled,
           sum(e.talk_seconds + e.hold_seconds + e.wrap_up_seconds)
               FILTER (WHERE e.ended_at IS NOT NULL AND p.person_id IS NULL AND e.channel = ANY(%(spoken)s))
               AS handle_seconds
    FROM enquiries_enquiry e
    LEFT JOIN entry_presence p ON p.enquiry = e.id AND p.state = 'wrap_up'
    WHERE e.answered_at >= %(start)s AND e.answered_at < %(end)s
      AND e.arrived_at >= %(start)s::timestamptz - interval '12 hours' AND e.arrived_at < %(end)s"""

_REGISTERED = """
    SELECT q.enquiry_id, bool_and(q.outcome = ANY(%(at_once)s)) AS at_once FROM enquiries_question q
    WHERE q.registered_at >= %(start)s AND q.registered_at < %(end)s AND NOT EXISTS (
        SELECT 1 FROM enquiries_question before
        WHERE before.enquiry_id = q.enquiry_id AND before.registered_at < %(start)s
    ) GROUP BY q.enquiry_id"""

_CONTACTS = f"""
WITH measured AS (
    SELECT coalesce(e.queue_id, 0) AS queue, {_MEASURED} AND e.centre_id = %(centre)s GROUP BY 1
), registered AS (
    SELECT coalesce(e.queue_id, 0) AS queue, count(*) AS registered,
           count(*) FILTER (WHERE r.at_once AND e.transfers = 0) AS resolved_at_once
    FROM ({_REGISTERED}) AS r JOIN enquiries_enquiry e ON e.id = r.enquiry_id
    WHERE e.centre_id = %(centre)s GROUP BY 1
)
SELECT * FROM measured FULL JOIN registered USING (queue)
"""  # noqa: S608  # only the constants above are put in

_AGENT = f"""
WITH measured AS (
    SELECT avg(e.wrap_up_seconds) FILTER (WHERE e.wrap_up_seconds > 0) AS wrap_up, {_MEASURED}
      AND e.agent_id = %(person)s
),
registered AS (
    SELECT count(*) AS registered, count(*) FILTER (WHERE r.at_once AND e.transfers = 0) AS resolved_at_once
    FROM ({_REGISTERED}) AS r JOIN enquiries_enquiry e ON e.id = r.enquiry_id WHERE e.agent_id = %(person)s
), calls AS (
    SELECT count(*) AS calls FROM enquiries_event
    WHERE kind = 'answered' AND at >= %(start)s AND at < %(end)s AND person = %(person)s
), unregistered AS (
    SELECT count(*) AS unregistered FROM enquiries_enquiry WHERE agent_id = %(person)s AND state = 'unregistered'
)
SELECT * FROM measured, registered, calls, unregistered
"""  # noqa: S608  # only the constants above are put in


_PRESENCE = "person__presence"
#: what is read of each membership
_AGENT_NOW = (
    "person_id", "queue_id", "active", "person__username", "person__name", f"{_PRESENCE}__state",
    f"{_PRESENCE}__since", f"{_PRESENCE}__reason__name",
)  # fmt: skip


def _visits_of(queues: Sequence[Queue], period: Period, at: datetime) -> dict[int, dict[str, Any]]:
    """Row of figures by queue id."""
    words = {
        "queues": [queue.pk for queue in queues],
        "until": min(at + timedelta(microseconds=1), period.end + _DECIDED_WITHIN),
    }
    return {row["id"]: row for row in _rows(_VISITS, {**words, **_bounds(period, at), **_words()})}


def _contacts_of(centre: ContactCentre, period: Period) -> dict[int, Contacts]:
    """Contacts by queue id; 0 for those without a queue."""
    rows = _rows(_CONTACTS, {"centre": centre.pk, "start": period.start, "end": period.end, **_words()})
    return {row["queue"]: _picked(Contacts, row) for row in rows}


def _bounds(period: Period, at: datetime) -> dict[str, datetime]:
    return {"start": period.start, "end": min(period.end, at + timedelta(microseconds=1))}


def _words() -> dict[str, Any]:
    return {
        "kinds": [str(kind) for kind in _DECIDES],
        "decides": json.dumps(_DECIDES),
        "short": SHORT_ABANDON_SECONDS,
        "at_once": [str(outcome) for outcome in RESOLVED_AT_ONCE],
        "spoken": [str(channel) for channel in _SPOKEN],
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        # a column that comes twice (the id of an outer join) keeps its first value
        return [dict(zip(reversed(names), reversed(row), strict=True)) for row in cursor.fetchall()]


def _one(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return _rows(sql, values)[0]


def _picked(kind: type[Sum], row: Mapping[str, Any]) -> Sum:
    """A sum from the columns of the same names; what the outer joins left empty is zero. Counts stay whole numbers."""
    values: dict[str, Any] = {each.name: row.get(each.name) or each.default for each in fields(kind)}
    # the database adds seconds up as decimals
    return kind(**{name: value if isinstance(value, int) else float(value) for name, value in values.items()})


def _now(row: Mapping[str, Any]) -> tuple[Waiting, dict[str, int]]:
    return Waiting(row["calls"] or 0, row["since"]), _json(row["ring_backs"])


def _json(value: Any) -> dict[str, int]:
    """A raw cursor of Django hands jsonb over as text."""
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


def _agent(rows: Sequence[Mapping[str, Any]], queues: Sequence[Queue]) -> AgentNow:
    """One person of their memberships (`_AGENT_NOW`)."""
    row, serves = rows[0], {each["queue_id"]: bool(each["active"]) for each in rows}
    return AgentNow(
        pk=row["person_id"],
        username=row["person__username"],
        name=row["person__name"],
        state=AgentState(row[f"{_PRESENCE}__state"] or AgentState.SIGNED_OUT),
        since=row[f"{_PRESENCE}__since"],
        reason=row[f"{_PRESENCE}__reason__name"] or "",
        queues=tuple((queue, serves[queue.pk]) for queue in queues if queue.pk in serves),
    )
