"""How time on duty was spent, counted from presence events into the roll-ups: no person in them.

Each day is counted anew as it goes on, up to the last whole quarter of an hour, and for the last time after midnight.
Then it stays as it is, also when somebody is erased later. A day of a centre on which fewer than `FEWEST` people were
signed in is not counted: it would tell about single people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from indgang.core.clock import day_of
from indgang.entry.models import AgentState, PresenceEvent, QueueMembership
from indgang.events import cursor
from indgang.measures import timeline
from indgang.measures.definitions import FEWEST
from indgang.measures.models import Rollup, RollupState
from indgang.measures.period import Period
from indgang.measures.rollups import formula, store
from indgang.measures.rollups.counting import READER
from indgang.measures.rollups.facts import IN_HAND, SIGNED_IN, FactKey, Measure, quarter_of
from indgang.measures.rollups.tallies import FactTally, Tallies
from indgang.measures.timeline import StateChange, StateSpan

#: days that are made up for when nothing ran
MOST_DAYS = 31
#: how long before a day somebody's last change of state is looked for: nobody stays signed in longer
_BEFORE = timedelta(days=2)
_QUARTER = timedelta(minutes=15)
_MILLISECOND = timedelta(milliseconds=1)
_WITH_CONTACT = frozenset({AgentState.TALKING, AgentState.WORKING})


class _OnDuty(NamedTuple):
    """The day of one person, and when they first had each contact in hand."""

    spans: tuple[StateSpan, ...]
    in_hand: list[datetime]


def keep_current(*, at: datetime) -> None:
    """Count the days since the last time, up to the last whole quarter of an hour; nothing while somebody else counts,
    or while the roll-ups wait to be counted anew."""
    until = quarter_of(at)
    if (RollupState.objects.values_list("on_duty_until", flat=True).first() or _BEGINNING) >= until:
        return
    with transaction.atomic():
        if cursor.is_busy(READER) or formula.is_outdated():
            return
        state = RollupState.objects.get()
        first = max(day_of(until) - timedelta(days=MOST_DAYS), day_of(state.on_duty_until or _BEGINNING))
        for number in range((day_of(until) - first).days + 1):
            _count(first + timedelta(days=number), until)
        state.on_duty_until = until
        state.save(update_fields=["on_duty_until"])


_BEGINNING = Period.day(date(2020, 1, 1)).start


def _count(day: date, until: datetime) -> None:
    """Write what a day counts until a moment, instead of what is stored of it."""
    period = Period.day(day)
    changes = counted(day, until=min(period.end, until))
    rows = Rollup.objects.filter(quarter__gte=period.start, quarter__lt=period.end, measure=Measure.ON_DUTY)
    for row in rows.values_list(*FactKey._fields, *store.SUMS):
        key, tally = store.QUARTERS.read(row)
        changes.at(key).add(FactTally(whole=-tally.whole, milliseconds=-tally.milliseconds))
    store.add(changes)


def counted(day: date, *, until: datetime) -> Tallies[FactKey]:
    """What the presence events of a day count until a moment."""
    start = Period.day(day).start
    found: dict[str, list[_OnDuty]] = defaultdict(list)
    centres = _centres(day)
    for person, rows in _changes(list(centres), start, until):
        changes = [StateChange(at, state) for at, state, _enquiry in rows]
        spans = timeline.at_work(timeline.spans(changes, start=start, end=until))
        if spans:
            found[centres[person]].append(_OnDuty(spans, _in_hand(rows, start)))
    tallies: Tallies[FactKey] = Tallies()
    for centre, of_people in found.items():
        if len(of_people) >= FEWEST:
            for each in of_people:
                _add(tallies, centre, each)
    return tallies


def _centres(day: date) -> dict[int, str]:
    """Each person who served queues that day, with the centre in which they served most of them."""
    queues: dict[int, Counter[str]] = defaultdict(Counter)
    rows = QueueMembership.objects.valid_on(day).order_by("queue__centre__code")
    for person, centre in rows.values_list("person", "queue__centre__code"):
        queues[person][centre] += 1
    return {person: max(of, key=lambda centre: of[centre]) for person, of in queues.items()}


_Row = tuple[datetime, str, UUID | None]


def _changes(people: Sequence[int], start: datetime, end: datetime) -> Iterator[tuple[int, list[_Row]]]:
    found = PresenceEvent.objects.filter(person__in=people, at__gte=start - _BEFORE, at__lt=end).order_by(
        "person", "id"
    )
    rows = found.values_list("person", "at", "state", "enquiry")
    for person, of_person in groupby(rows, key=itemgetter(0)):
        yield person, [(at, state, enquiry) for _person, at, state, enquiry in of_person]


def _in_hand(rows: Sequence[_Row], start: datetime) -> list[datetime]:
    """When the person first had each contact in conversation or work, from `start` on."""
    found: dict[UUID, datetime] = {}
    for at, state, enquiry in rows:
        if enquiry is not None and state in _WITH_CONTACT and at >= start:
            found.setdefault(enquiry, at)
    return list(found.values())


def _add(tallies: Tallies[FactKey], centre: str, person: _OnDuty) -> None:
    """The day of one person: they count once, in the first quarter."""
    tallies.at(_key(quarter_of(person.spans[0].start), centre, SIGNED_IN)).whole += 1
    for at in person.in_hand:
        tallies.at(_key(quarter_of(at), centre, IN_HAND)).whole += 1
    for span in person.spans:
        if span.is_signed_in:
            for quarter, milliseconds in _quarters(span):
                tallies.at(_key(quarter, centre, span.state)).milliseconds += milliseconds


def _key(quarter: datetime, centre: str, outcome: str) -> FactKey:
    return FactKey(quarter, Measure.ON_DUTY, centre, outcome=outcome)


def _quarters(span: StateSpan) -> Iterator[tuple[datetime, int]]:
    """The milliseconds of the span in each quarter; rounded at its ends, so that they add up to those of the day."""
    start = span.start
    while start < span.end:
        quarter = quarter_of(start)
        end = min(span.end, quarter + _QUARTER)
        yield quarter, _rounded(end) - _rounded(start)
        start = end


def _rounded(moment: datetime) -> int:
    return round((moment - _BEGINNING) / _MILLISECOND)
