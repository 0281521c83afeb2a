"""Reads the day of one agent: the spans of their states, what they had in hand in writing beside, and their shifts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.enquiries.models import Channel
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, PresenceEvent
from indgang.events.models import StoredEvent
from indgang.measures import timeline
from indgang.measures.adherence import PlannedSpan
from indgang.measures.period import Period
from indgang.measures.sums import Duty
from indgang.measures.timeline import DaySums, HandMove, StateChange, StateSpan
from indgang.workforce.shifts import planned

#: how long before a day the last change of state is looked for: nobody stays signed in longer
SIGNED_IN = timedelta(days=2)
_TAKEN = [str(Kind.WORK_BEGUN), str(Kind.ANSWERED)]
_LEFT = [str(Kind.WORK_PUT_BACK), str(Kind.WORK_OVER)]
#: a written enquiry is in work; in a chat both are there, so it is answered
_BEGINS = Q(kind=str(Kind.WORK_BEGUN)) | Q(kind=str(Kind.ANSWERED), channel=Channel.CHAT)


@dataclass(frozen=True, slots=True)
class AgentDay:
    """`spans` begin with the first sign-in and end with the last sign-out or at `until`: the end of the day, or the
    present moment while the day lasts. `written` and `chats`: when at least one was in hand. `plan` is what their
    published shifts say of the same time."""

    day: date
    until: datetime
    is_over: bool
    spans: tuple[StateSpan, ...]
    written: RangeSet[TimeRange]
    chats: RangeSet[TimeRange]
    plan: tuple[PlannedSpan, ...] = ()

    @property
    def sums(self) -> DaySums:
        return DaySums.of(self.spans)


def agent_day(person: Person, day: date, *, at: datetime) -> AgentDay:
    """The day of `person` in Copenhagen, as far as it has come at `at`. Six queries at most."""
    period = Period.day(day)
    until = max(period.start, min(period.end, at))
    found = timeline.spans(_changes(person, period.start, until), start=period.start, end=until)
    written, chats = _moves(person, period.start, until)
    return AgentDay(
        day, until, day < day_of(at), timeline.at_work(found),
        timeline.in_hand(written, start=period.start, end=until),
        timeline.in_hand(chats, start=period.start, end=until),
        tuple(_plan(person, period.start, until)),
    )  # fmt: skip


def _plan(person: Person, start: datetime, end: datetime) -> Iterator[PlannedSpan]:
    for shift in planned([person.pk], start, end):
        for part in shift.parts:
            begins, ends = max(part.starts_at, start), min(part.ends_at, end)
            if begins < ends:
                yield PlannedSpan(begins, ends, part.kind)


def on_duty(person: Person, period: Period, *, at: datetime) -> Duty:
    """The time that a person spent in each state, the days on which they were signed in (as `people`), and the contacts
    that they had in hand. One query."""
    end = min(period.end, at)
    rows = PresenceEvent.objects.filter(person=person, at__gte=period.start - SIGNED_IN, at__lt=end).order_by("id")
    moments = list(rows.values_list("at", "state", "enquiry"))
    spans = timeline.spans([StateChange(when, state) for when, state, _enquiry in moments], start=period.start, end=end)
    seconds = dict(DaySums.of(spans).seconds)
    seconds.pop(AgentState.SIGNED_OUT, None)
    named = {state: seconds.pop(state, 0.0) for state in ("ready", "talking", "working", "wrap_up", "paused")}
    days = {day_of(each.start) for each in spans if each.is_signed_in}
    in_hand = {
        (day_of(when), enquiry) for when, state, enquiry in moments
        if enquiry is not None and when >= period.start and state in (AgentState.TALKING, AgentState.WORKING)
    }  # fmt: skip
    return Duty(len(days), len(in_hand), others=sum(seconds.values()), **named)


def _changes(person: Person, start: datetime, end: datetime) -> list[StateChange]:
    rows = PresenceEvent.objects.filter(person=person, at__gte=start - SIGNED_IN, at__lt=end).order_by("id")
    return [
        StateChange(at, state, reason if state == AgentState.PAUSED else "")
        for at, state, reason in rows.values_list("at", "state", "reason")
    ]


def _moves(person: Person, start: datetime, end: datetime) -> tuple[list[HandMove], list[HandMove]]:
    """The moves of written enquiries and those of chats."""
    found = list(_all_moves(person, start - SIGNED_IN, end))
    return [move for channel, move in found if channel != Channel.CHAT], [
        move for channel, move in found if channel == Channel.CHAT
    ]


def _all_moves(person: Person, since: datetime, end: datetime) -> Iterator[tuple[str, HandMove]]:
    """The channel and the move. Whoever takes an enquiry takes it out of others' hands."""
    during = StoredEvent.objects.filter(at__gte=since, at__lt=end)
    streams = set(during.filter(_BEGINS, person=person.pk).values_list("stream", flat=True))
    if not streams:
        return
    rows = during.filter(stream__in=streams, kind__in=[*_TAKEN, *_LEFT]).order_by("stream", "number")
    for stream, at, kind, who, channel in rows.values_list("stream", "at", "kind", "person", "channel"):
        yield channel, HandMove(at, str(stream), kind in _TAKEN and who == person.pk)
