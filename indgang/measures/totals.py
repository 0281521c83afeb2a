"""The totals of a period, from which every figure is computed: the sums of segments and contacts, shares, and times.

They come from the roll-ups (`rollups.reading`). Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from indgang.measures import histogram
from indgang.measures.sums import (
    AnswerSums,
    Contacts,
    Duty,
    EnteredSums,
    OnPay,
    OnShift,
    PriceSum,
    Replies,
    Segments,
    Share,
    Sum,
    mean,
)

_NO_SHARE = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Times:
    """How often something took time, the seconds altogether, and their histogram (`histogram`)."""

    count: int = 0
    seconds: float = 0.0
    counts: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: Times) -> Times:
        counts = Counter(self.counts)
        counts.update(other.counts)
        return Times(self.count + other.count, self.seconds + other.seconds, counts)

    @property
    def mean(self) -> float | None:
        return mean(self.seconds, self.count)

    def percentile(self, percent: float) -> float | None:
        return histogram.percentile(self.counts, percent)

    def within(self, seconds: int) -> int:
        """How many took at most so many seconds."""
        return histogram.within(self.counts, seconds)


@dataclass(frozen=True, slots=True)
class Totals(Sum):
    """Everything that is counted in a period; the totals of separate periods are added. `answer_waits` and
    `abandon_waits` are waits of queue segments."""

    segments: Segments = field(default_factory=Segments)
    contacts: Contacts = field(default_factory=Contacts)
    arrived: Share = _NO_SHARE
    digital: Share = _NO_SHARE
    callbacks: Share = _NO_SHARE
    replies: Replies = field(default_factory=Replies)
    handed_over: Share = _NO_SHARE
    repeats: Share = _NO_SHARE
    not_back: Share = _NO_SHARE
    callback_times: Share = _NO_SHARE
    answer_waits: Times = field(default_factory=Times)
    abandon_waits: Times = field(default_factory=Times)
    whole_waits: Times = field(default_factory=Times)
    reply_times: Times = field(default_factory=Times)
    second_level: Share = _NO_SHARE
    out_of_hours: Share = _NO_SHARE
    on_digital: Share = _NO_SHARE
    transferred_warm: Share = _NO_SHARE
    transferred_blind: Share = _NO_SHARE
    general: Share = _NO_SHARE
    overflows: Share = _NO_SHARE
    asked: Share = _NO_SHARE
    reached_to_ask: Share = _NO_SHARE
    handovers: Share = _NO_SHARE
    promises: Share = _NO_SHARE
    duty: Duty = field(default_factory=Duty)
    shifts: OnShift = field(default_factory=OnShift)
    pay: OnPay = field(default_factory=OnPay)
    answers: AnswerSums = field(default_factory=AnswerSums)
    entered: EnteredSums = field(default_factory=EnteredSums)
    price: PriceSum = field(default_factory=PriceSum)

    def promising(self, seconds: int) -> Totals:
        """The same as if every queue had promised to answer within so many seconds; exact up to 900."""
        segments = replace(
            self.segments,
            answered_in_time=self.answer_waits.within(seconds),
            abandoned_in_time=self.abandon_waits.within(seconds),
        )
        return replace(self, segments=segments)
