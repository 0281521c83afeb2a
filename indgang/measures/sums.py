"""Counts and sums of queue segments and of contacts, from which every figure is computed.

They are added field by field. The sum over two disjoint periods, queues or centres is the value for both together. So a
quarter is the sum of its days, and no figure is an average of averages.

A *queue segment* is one stay of one call in one queue. It begins when the call enters the queue and is decided by the
first event that says how the stay ended (`DECIDED_BY`). It belongs to its queue and to the moment it began, and it is
measured against the promise that the queue gave on that day. Each is counted once:

    offered = answered + abandoned + waiting + overflowed + messages + callbacks + left

A call that moves between two queues has two segments, the first of them `overflowed`. A call that hangs up in the menu,
before any queue, has none.

A *contact* is one enquiry. It belongs to its last queue and to the centre of its row; walk-ins and direct calls have no
queue and count for their centre only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import SHORT_ABANDON_SECONDS
from indgang.events.event import EventKind


class SegmentOutcome(StrEnum):
    """How a queue segment ended. `WAITING` means that it has not ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    WAITING = "waiting"
    OVERFLOWED = "overflowed"
    """The call went on to another queue, flow or number: by rule, by the caller's choice or by an agent."""
    MESSAGES = "messages"
    """The caller left a spoken message instead."""
    CALLBACKS = "callbacks"
    """The caller was promised a call instead; not abandoned."""
    LEFT = "left"
    """The call ended in another way: the flow or the exchange ended it."""


#: the first of these events after the call enters the queue decides the segment
DECIDED_BY: Mapping[EventKind[Any], SegmentOutcome] = {
    Kind.ANSWERED: SegmentOutcome.ANSWERED,
    Kind.ABANDONED: SegmentOutcome.ABANDONED,
    Kind.OVERFLOWED: SegmentOutcome.OVERFLOWED,
    Kind.QUEUED: SegmentOutcome.OVERFLOWED,
    Kind.TRANSFERRED: SegmentOutcome.OVERFLOWED,
    Kind.PASSED_ON: SegmentOutcome.OVERFLOWED,
    Kind.MESSAGE: SegmentOutcome.MESSAGES,
    Kind.CALLBACK: SegmentOutcome.CALLBACKS,
    EnquiryKind.REPLIED: SegmentOutcome.ANSWERED,
    Kind.WORK_OVER: SegmentOutcome.LEFT,
    Kind.LEFT: SegmentOutcome.LEFT,
    Kind.ENDED: SegmentOutcome.LEFT,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """Figures that are added field by field."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Share(Sum):
    """`part` of `whole`, and the percentage: None without data, never 100 %."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100.0 * self.part / self.whole if self.whole else None


#: from which index on an answer means "yes": 7 on a scale of 1 to 9
YES_FROM = 75.0


@dataclass(frozen=True, slots=True)
class IndexSum(Sum):
    """Answers to a question on the index of 0 to 100: how many, the sum in hundredths of a point, and how many said
    yes (`YES_FROM`)."""

    count: int = 0
    hundredths: int = 0
    yes: int = 0

    @property
    def mean(self) -> float | None:
        return mean(self.hundredths / 100, self.count)


@dataclass(frozen=True, slots=True)
class AnswerSums(Sum):
    """What people answered about their conversations (`feedback`), by what was asked."""

    satisfaction: IndexSum = IndexSum()
    courtesy: IndexSum = IndexSum()
    waiting: IndexSum = IndexSum()
    resolution: IndexSum = IndexSum()


@dataclass(frozen=True, slots=True)
class EnteredSum:
    """Values that people typed for periods of one figure and centre: their sums, and the latest of them with its
    day."""

    number: float
    out_of: float
    latest: float
    latest_out_of: float
    day: date

    @classmethod
    def of(cls, number: float, out_of: float, day: date) -> EnteredSum:
        return cls(number, out_of, number, out_of, day)

    def __add__(self, other: EnteredSum) -> EnteredSum:
        newest = max(self, other, key=lambda each: each.day)
        return EnteredSum(
            self.number + other.number, self.out_of + other.out_of, newest.latest, newest.latest_out_of, newest.day
        )


@dataclass(frozen=True, slots=True)
class EnteredSums:
    """What people typed (`entered_kinds`), by figure and centre (code; "" for the whole municipality)."""

    by: Mapping[tuple[str, str], EnteredSum] = field(default_factory=dict)

    def __add__(self, other: EnteredSums) -> EnteredSums:
        found = dict(self.by)
        for key, each in other.by.items():
            found[key] = found[key] + each if key in found else each
        return EnteredSums(found)

    def of(self, figure: str) -> list[EnteredSum]:
        """Those of one figure, one for each centre."""
        return [each for (code, _centre), each in self.by.items() if code == figure]


@dataclass(frozen=True, slots=True)
class Segments(Sum):
    """Queue segments by how they ended. Seconds are sums; "in time" is at the promised second or before it.

    `target_points` adds up the target (percent) of the day for each segment that was answered or abandoned, so that
    the target of several queues or days is weighted by their calls.
    """

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
    target_points: int = 0

    @classmethod
    def of(cls, outcome: SegmentOutcome, seconds: float, *, promised: float, target: int) -> Segments:
        """One segment that ended (or has lasted, while it waits) `seconds` after it began."""
        answered, abandoned = int(outcome is SegmentOutcome.ANSWERED), int(outcome is SegmentOutcome.ABANDONED)
        in_time = int(seconds <= promised)
        return Segments(
            offered=1,
            **{outcome.value: 1},
            answered_in_time=answered * in_time,
            abandoned_in_time=abandoned * in_time,
            abandoned_short=abandoned * int(seconds <= SHORT_ABANDON_SECONDS),
            answer_seconds=answered * seconds,
            target_points=target * (answered + abandoned),
        )

    @property
    def decided(self) -> int:
        """The segments in a service level: answered or abandoned."""
        return self.answered + self.abandoned

    @property
    def abandoned_late(self) -> int:
        """Calls abandoned after the limit of a short call."""
        return self.abandoned - self.abandoned_short

    @property
    def given_up(self) -> Share:
        """The abandoned calls as a share of the answered and abandoned ones; short calls are left out of both."""
        return Share(self.abandoned_late, self.answered + self.abandoned_late)

    @property
    def abandoned_of_offered(self) -> Share:
        """All abandoned calls, of all segments that are decided in any way."""
        return Share(self.abandoned, self.offered - self.waiting)

    @property
    def average_answer_seconds(self) -> float | None:
        """Average speed of answer (ASA): from entering the queue to the answer, including ringing at agents."""
        return mean(self.answer_seconds, self.answered)

    @property
    def target_percent(self) -> float | None:
        return mean(self.target_points, self.decided)


@dataclass(frozen=True, slots=True)
class Contacts(Sum):
    """Contacts answered in the period, and contacts first registered in it. Seconds are sums.

    `not_reached` are promised calls that were given up in the period. `talked` and `handled` are the answered contacts
    that count for the averages: those whose call is over, and for `handled` those wrapped up as well.
    """

    answered: int = 0
    transferred: int = 0
    talked: int = 0
    handled: int = 0
    talk_seconds: float = 0.0
    handle_seconds: float = 0.0
    registered: int = 0
    resolved_at_once: int = 0
    not_reached: int = 0

    @property
    def average_talk_seconds(self) -> float | None:
        return mean(self.talk_seconds, self.talked)

    @property
    def average_handle_seconds(self) -> float | None:
        """Average handle time (AHT): talk, hold and wrap-up."""
        return mean(self.handle_seconds, self.handled)

    @property
    def transfers(self) -> Share:
        """The share of answered contacts that were transferred at least once, however often."""
        return Share(self.transferred, self.answered)

    @property
    def first_contact_resolution(self) -> Share:
        """First contact resolution (straksafklaring): the share of registered contacts that were resolved at once."""
        return Share(self.resolved_at_once, self.registered)


@dataclass(frozen=True, slots=True)
class Replies(Sum):
    """Answers in writing: each is the first to what a contact had written and nobody had answered. Seconds are those of
    the queue's opening hours, summed; "in time" is at the promised second or before it.

    `target_points` adds up the target (percent) of the day for each answer.
    """

    answered: int = 0
    answered_in_time: int = 0
    open_seconds: float = 0.0
    target_points: int = 0

    @property
    def in_time(self) -> Share:
        """The answers within the promise, of all answers."""
        return Share(self.answered_in_time, self.answered)

    @property
    def average_open_seconds(self) -> float | None:
        return mean(self.open_seconds, self.answered)

    @property
    def target_percent(self) -> float | None:
        return mean(self.target_points, self.answered)


@dataclass(frozen=True, slots=True)
class Duty(Sum):
    """Seconds that employees spent in each state while they were signed in. `people` are those who were on each day,
    added up over the days, and `contacts` those that each of them had in hand; `others` is the time in which a
    telephone rang at them, or had done so in vain."""

    people: int = 0
    contacts: int = 0
    ready: float = 0.0
    talking: float = 0.0
    working: float = 0.0
    wrap_up: float = 0.0
    paused: float = 0.0
    others: float = 0.0

    @property
    def signed_in(self) -> float:
        return self.ready + self.talking + self.working + self.wrap_up + self.paused + self.others

    @property
    def there(self) -> float:
        """The time signed in without pauses."""
        return self.signed_in - self.paused

    @property
    def occupancy(self) -> float | None:
        """Percent of the time without pauses in which they had work in hand."""
        return percent_of(self.talking + self.working + self.wrap_up, self.there)

    @property
    def contacts_per_hour(self) -> float | None:
        return self.contacts * 3600 / self.there if self.there else None


@dataclass(frozen=True, slots=True)
class OnShift(Sum):
    """Seconds beside published shifts (`adherence`). `people` are those who had one on a day, added up over the days.

    `planned` is work for callers and breaks, `kept` the part of it in the planned state, `to_work` the planned work
    alone, and `worked` the time signed in without pauses, also outside the shift.
    """

    people: int = 0
    planned: float = 0.0
    kept: float = 0.0
    to_work: float = 0.0
    worked: float = 0.0

    @property
    def adherence(self) -> float | None:
        return percent_of(self.kept, self.planned)

    @property
    def conformance(self) -> float | None:
        """Percent of the planned work; over a hundred where people worked longer."""
        return percent_of(self.worked, self.to_work)


@dataclass(frozen=True, slots=True)
class OnPay(Sum):
    """Seconds that were paid (`shrinkage`): of them `inside` is planned away from contacts, and `outside` is absence.
    `people` are those who were paid on a day, added up over the days."""

    people: int = 0
    paid: float = 0.0
    inside: float = 0.0
    outside: float = 0.0

    @property
    def shrinkage(self) -> float | None:
        return percent_of(self.inside + self.outside, self.paid)


@dataclass(frozen=True, slots=True)
class PriceSum(Sum):
    """Days with an agreed price: how many (of each centre), the kroner, and the contacts that were answered on them.
    `shared` are those of them whose channel bears a share of the price (`channel_cost`)."""

    days: int = 0
    kroner: float = 0.0
    contacts: int = 0
    shared: int = 0

    @property
    def of_each(self) -> float | None:
        return mean(self.kroner, self.contacts)


def percent_of(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole else None


def mean(total: float, count: int) -> float | None:
    """The mean, or None without data."""
    return total / count if count else None
