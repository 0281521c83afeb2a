"""How the time of people went beside their published shifts, counted into the roll-ups: no person in them.

A person counts in the centre whose plan has most of their time that day. A day of a centre on which fewer than `FEWEST`
people had shifts is not counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from indgang.measures import adherence
from indgang.measures.adherence import PlannedSpan
from indgang.measures.definitions import FEWEST
from indgang.measures.period import Period
from indgang.measures.rollups import presence
from indgang.measures.rollups.facts import ON_SHIFT_PEOPLE, FactKey, Measure
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.sums import OnShift
from indgang.workforce.shifts import as_published
from indgang.workforce.shifts.as_published import PublishedSpan

#: the times of `OnShift`, which are outcomes of the measure
_TIMES = ("planned", "kept", "to_work", "worked")


def counted(day: date, *, until: datetime, published: datetime) -> Tallies[FactKey]:
    """What the shifts of a day count until a moment, by what was published until another."""
    tallies: Tallies[FactKey] = Tallies()
    for centre, of_people in _by_centre(day, until, published).items():
        if len(of_people) >= FEWEST:
            _add(tallies, Period.day(day).start, centre, of_people)
    return tallies


def of_centre(centre: str, day: date, *, until: datetime) -> OnShift | None:
    """The same of one centre (its code) so far; None while too few people had shifts to name them together."""
    of_people = _by_centre(day, until, until).get(centre, [])
    return sum(of_people, OnShift()) if len(of_people) >= FEWEST else None


def _by_centre(day: date, until: datetime, published: datetime) -> Mapping[str, list[OnShift]]:
    """The sums of each person, by the centre in which they count."""
    start = Period.day(day).start
    plans: defaultdict[int, list[PublishedSpan]] = defaultdict(list)
    for each in as_published.parts(start, until, at=published):
        plans[each.person].append(each)
    there = {each.person: each.spans for each in presence.days(plans, start, until)} if plans else {}
    found: defaultdict[str, list[OnShift]] = defaultdict(list)
    for person, parts in plans.items():
        sums = adherence.on_shift(_clipped(parts, start, until), there.get(person, ()))
        if sums.planned:
            found[_mostly_in(parts)].append(sums)
    return found


def _clipped(parts: Sequence[PublishedSpan], start: datetime, end: datetime) -> list[PlannedSpan]:
    return [PlannedSpan(max(each.starts_at, start), min(each.ends_at, end), each.kind) for each in parts]


def _mostly_in(parts: Sequence[PublishedSpan]) -> str:
    """The centre whose plan has most of the time; of several, the first by its code."""
    times: Counter[str] = Counter()
    for each in parts:
        times[each.centre] += round((each.ends_at - each.starts_at) / timedelta(seconds=1))
    return max(sorted(times), key=lambda centre: times[centre])


def _add(tallies: Tallies[FactKey], start: datetime, centre: str, of_people: Sequence[OnShift]) -> None:
    tallies.at(FactKey(start, Measure.ON_SHIFT, centre, outcome=ON_SHIFT_PEOPLE)).whole += len(of_people)
    for name in _TIMES:
        tally = tallies.at(FactKey(start, Measure.ON_SHIFT, centre, outcome=name))
        tally.milliseconds += sum(round(1000 * getattr(each, name)) for each in of_people)
