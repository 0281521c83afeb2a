"""What other limits or rules change: the channels of the same enquiries, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from indgang.accounts.models import Person
from indgang.analysis import registrations, words
from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.results import CountedRows, Potential, UnitPotential
from indgang.analysis.potential.rules import CHANNELS, RuleList
from indgang.core import clock
from indgang.measures.period import Period

#: the latest days whose registrations show what a draft of rules does
DAYS = 28


@dataclass(frozen=True, slots=True)
class ChannelEffect:
    """A channel with its enquiries before and after: a year's, or those that were counted."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


def between(before: UnitPotential, after: UnitPotential) -> list[ChannelEffect]:
    """By the totals of two tables."""
    first, second = _channels(before), _channels(after)
    return [ChannelEffect(name, old, new) for (name, old), (_name, new) in zip(first, second, strict=True)]


def _channels(row: UnitPotential) -> Sequence[tuple[str, int]]:
    values = (row.digital, row.contact_centre, row.future_case_workers)
    return [(words.channel_word(channel), value) for channel, value in zip(CHANNELS, values, strict=True)]


def total(rules: RuleList, counted: CountedRows, enquiries: EnquiryColumns, factor: float) -> UnitPotential | None:
    """The total of a table; None when nothing is in it."""
    table = Potential(classify(rules, enquiries), counted, factor=factor).table
    return table[-1] if table else None


@dataclass(frozen=True, slots=True)
class DraftEffect:
    """What a draft of rules does with the latest registrations."""

    registrations: int
    days: int
    channels: list[ChannelEffect]


def of_draft(person: Person, stored: RuleList, drafted: RuleList) -> DraftEffect | None:
    """None when there are too many registrations for a page."""
    today = clock.today()
    period = Period.days(today - timedelta(days=DAYS - 1), today)
    try:
        counted, enquiries = registrations.count(
            registrations.registered(period, registrations.centres_of(person)), last=today, today=today
        )
    except registrations.TooMany:
        return None
    factor = registrations.WORKING_DAYS / counted.days
    sides = [total(rules, counted, enquiries, factor) for rules in (stored, drafted)] if len(enquiries) else []
    before, after = sides or (None, None)
    return DraftEffect(len(enquiries), DAYS, between(before, after) if before and after else [])
