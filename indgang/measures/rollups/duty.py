"""How time on duty was spent, counted from presence events into the roll-ups: no person in them.

Each day is counted anew as it goes on, up to the last whole quarter of an hour, and for the last time at three in the
night, when presence that was written late is there. Then it stays as it is, also when somebody is erased later. A day
of a centre on which fewer than `FEWEST` people were signed in is not counted, and no shorter time than a day is kept:
an hour in which one of five is left would tell about them alone.
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

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange, RangeSet
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
#: how long after a day it is still counted anew: presence is written in transactions that may end after midnight
_SETTLES = timedelta(hours=3)
_MILLISECOND = timedelta(milliseconds=1)
_WITH_CONTACT = frozenset({AgentState.TALKING, AgentState.WORKING})


class _OnDuty(NamedTuple):
    """The day of one person, and how many contacts they had in hand."""

    spans: tuple[StateSpan, ...]
    in_hand: int


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
        unsettled = day_of((state.on_duty_until or _BEGINNING) - _SETTLES)
        first = max(day_of(until) - timedelta(days=MOST_DAYS), unsettled)
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
                _add(tallies, start, centre, each)
    return tallies


def settled(day: date) -> Tallies[FactKey]:
    """What the presence events of a day count that has been counted for the last time; nothing for other days."""
    period = Period.day(day)
    until = RollupState.objects.values_list("on_duty_until", flat=True).first() or _BEGINNING
    return counted(day, until=period.end) if until >= period.end + _SETTLES else Tallies()


def days_in(centre: str, person: Person, days: DateRange) -> RangeSet[DateRange]:
    """Those of the days on which the time of a person counts in a centre (code). One query."""
    rows = QueueMembership.objects.filter(person=person)
    memberships = [
        (code, DateRange(since, until))
        for code, since, until in rows.values_list("queue__centre__code", "valid_from", "valid_to")
    ]
    found = []
    for number in range(days.days()):
        day = (days.start or date.min) + timedelta(days=number)
        queues = Counter(code for code, valid in memberships if day in valid)
        if queues and _most_served(queues) == centre:
            found.append(DateRange(day, day + timedelta(days=1)))
    return RangeSet(found)


def _centres(day: date) -> dict[int, str]:
    """Each person who served queues that day, with the centre in which they served most of them."""
    queues: dict[int, Counter[str]] = defaultdict(Counter)
    rows = QueueMembership.objects.valid_on(day)
    for person, centre in rows.values_list("person", "queue__centre__code"):
        queues[person][centre] += 1
    return {person: _most_served(of) for person, of in queues.items()}


def _most_served(queues: Counter[str]) -> str:
    """The centre with most of a person's queues; of several, the first by its code."""
    return max(sorted(queues), key=lambda centre: queues[centre])


_Row = tuple[datetime, str, UUID | None]


def _changes(people: Sequence[int], start: datetime, end: datetime) -> Iterator[tuple[int, list[_Row]]]:
    found = PresenceEvent.objects.filter(person__in=people, at__gte=start - _BEFORE, at__lt=end).order_by(
        "person", "id"
    )
    rows = found.values_list("person", "at", "state", "enquiry")
    for person, of_person in groupby(rows, key=itemgetter(0)):
        yield person, [(at, state, enquiry) for _person, at, state, enquiry in of_person]


def _in_hand(rows: Sequence[_Row], start: datetime) -> int:
    """How many contacts the person had in conversation or work from `start` on."""
    found = {enquiry for at, state, enquiry in rows if state in _WITH_CONTACT and at >= start}
    return len(found - {None})


def _add(tallies: Tallies[FactKey], start: datetime, centre: str, person: _OnDuty) -> None:
    """The day of one person, all of it under the first quarter of the day."""

    def tally(outcome: str) -> FactTally:
        return tallies.at(FactKey(start, Measure.ON_DUTY, centre, outcome=outcome))

    tally(SIGNED_IN).whole += 1
    if person.in_hand:
        tally(IN_HAND).whole += person.in_hand
    for span in person.spans:
        if span.is_signed_in:
            tally(span.state).milliseconds += round((span.end - span.start) / _MILLISECOND)
