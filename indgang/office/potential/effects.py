"""What other limits or rules change: the channels of the same enquiries, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from indgang.accounts.models import Person
from indgang.analysis import registrations, words
from indgang.analysis.count_sources import CountSource
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.results import Potential, UnitPotential
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


def total(rules: RuleList, source: CountSource) -> UnitPotential | None:
    """The total of a table; None when nothing is in it."""
    table = Potential(classify(rules, source.enquiries), source.rows, factor=source.factor, step=source.step).table
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
        questions = registrations.registered(period, registrations.centres_of(person))
        source = registrations.source(questions, last=today, today=today)
    except registrations.TooMany:
        return None
    sides = [total(rules, source) for rules in (stored, drafted)] if len(source.enquiries) else []
    before, after = sides or (None, None)
    return DraftEffect(len(source.enquiries), DAYS, between(before, after) if before and after else [])
