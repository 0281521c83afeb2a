"""How time on duty was spent, counted from presence events into the roll-ups: no person in them. Time beside published
shifts (`on_shift`) is counted with it.

Each day is counted anew as it goes on, up to the last whole quarter of an hour, and for the last time at three in the
night, when presence that was written late is there. Then it stays as it is, also when somebody is erased later. A day
of a centre on which fewer than `FEWEST` people were signed in is not counted, and no shorter time than a day is kept:
an hour in which one of five is left would tell about them alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange, RangeSet
from indgang.entry.models import QueueMembership
from indgang.events import cursor
from indgang.measures.definitions import FEWEST
from indgang.measures.models import Rollup, RollupState
from indgang.measures.period import Period
from indgang.measures.rollups import formula, on_pay, on_shift, presence, store
from indgang.measures.rollups.counting import READER
from indgang.measures.rollups.facts import IN_HAND, NOT_FROM_EVENTS, SIGNED_IN, FactKey, Measure, quarter_of
from indgang.measures.rollups.presence import PersonDay
from indgang.measures.rollups.tallies import FactTally, Tallies

#: days that are made up for when nothing ran
MOST_DAYS = 31
#: how long after a day it is still counted anew: presence is written in transactions that may end after midnight
_SETTLES = timedelta(hours=3)
_MILLISECOND = timedelta(milliseconds=1)


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
    changes = _all(day, min(period.end, until))
    rows = Rollup.objects.filter(quarter__gte=period.start, quarter__lt=period.end, measure__in=NOT_FROM_EVENTS)
    for row in rows.values_list(*FactKey._fields, *store.SUMS):
        key, tally = store.QUARTERS.read(row)
        changes.at(key).add(FactTally(whole=-tally.whole, milliseconds=-tally.milliseconds))
    store.add(changes)


def _all(day: date, until: datetime) -> Tallies[FactKey]:
    """Time on duty, and time beside the shifts and paid time, by the shifts as they are published when the day is
    counted for the last time."""
    tallies = _signed_in(day, until)
    tallies.update(on_pay.counted(day, until=until, published=_published(day)))
    return tallies


def _signed_in(day: date, until: datetime) -> Tallies[FactKey]:
    """Time on duty, also beside the shifts."""
    tallies = counted(day, until=until)
    tallies.update(on_shift.counted(day, until=until, published=_published(day)))
    return tallies


def _published(day: date) -> datetime:
    return Period.day(day).end + _SETTLES


def counted(day: date, *, until: datetime) -> Tallies[FactKey]:
    """What the presence events of a day count until a moment."""
    start = Period.day(day).start
    centres = _centres(day)
    found: dict[str, list[PersonDay]] = defaultdict(list)
    for each in presence.days(centres, start, until):
        found[centres[each.person]].append(each)
    tallies: Tallies[FactKey] = Tallies()
    for centre, of_people in found.items():
        if len(of_people) >= FEWEST:
            for each in of_people:
                _add(tallies, start, centre, each)
    return tallies


def settled(day: date) -> Tallies[FactKey]:
    """What presence counts of a day that has been counted for the last time, also beside its shifts; nothing for other
    days. Paid time is not in it: leave of a day may be approved after it, and the day stays as it was counted."""
    until = RollupState.objects.values_list("on_duty_until", flat=True).first() or _BEGINNING
    return _signed_in(day, Period.day(day).end) if until >= _published(day) else Tallies()


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


def _add(tallies: Tallies[FactKey], start: datetime, centre: str, person: PersonDay) -> None:
    """The day of one person, all of it under the first quarter of the day."""

    def tally(outcome: str) -> FactTally:
        return tallies.at(FactKey(start, Measure.ON_DUTY, centre, outcome=outcome))

    tally(SIGNED_IN).whole += 1
    if person.in_hand:
        tally(IN_HAND).whole += person.in_hand
    for span in person.spans:
        if span.is_signed_in:
            tally(span.state).milliseconds += round((span.end - span.start) / _MILLISECOND)
