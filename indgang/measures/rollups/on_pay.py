"""How much paid time could take no contacts, counted into the roll-ups: no person in it.

A person counts in the centre of their contract. A day of a centre on which fewer than `FEWEST` people were paid is not
counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from indgang.core.schedule import working_days
from indgang.measures import shrinkage
from indgang.measures.adherence import PlannedSpan
from indgang.measures.definitions import FEWEST
from indgang.measures.period import Period
from indgang.measures.rollups.facts import ON_PAY_PEOPLE, FactKey, Measure
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.sums import OnPay
from indgang.workforce.models import WorkContract
from indgang.workforce.shifts import as_published
from indgang.workforce.shifts.absences import absences

#: the times of `OnPay`, which are outcomes of the measure
_TIMES = ("paid", "inside", "outside")


def counted(day: date, *, until: datetime, published: datetime) -> Tallies[FactKey]:
    """What the paid time of a day counts until a moment, by the shifts that were published until another. Nothing
    before the day is over: absences without a shift are of whole days."""
    tallies: Tallies[FactKey] = Tallies()
    period = Period.day(day)
    if until >= period.end:
        for centre, of_people in _by_centre(day, period, published).items():
            if len(of_people) >= FEWEST:
                _add(tallies, period.start, centre, of_people)
    return tallies


def _by_centre(day: date, period: Period, published: datetime) -> Mapping[str, list[OnPay]]:
    """The sums of each person with a contract, by the centre of the contract."""
    names = ("person", "centre__code", "weekly_hours", "days_a_week")
    contracts = {row[0]: row[1:] for row in WorkContract.objects.valid_on(day).values_list(*names)}
    plans: defaultdict[int, list[PlannedSpan]] = defaultdict(list)
    for each in as_published.parts(period.start, period.end, at=published) if contracts else ():
        begins, ends = max(each.starts_at, period.start), min(each.ends_at, period.end)
        plans[each.person].append(PlannedSpan(begins, ends, each.kind))
    away = absences(list(contracts), period.start, period.end) if contracts else {}
    is_working_day = bool(working_days(day, day))
    found: defaultdict[str, list[OnPay]] = defaultdict(list)
    for person, (centre, hours, days) in contracts.items():
        average = float(hours) * 3600 / days if is_working_day else 0.0
        sums = shrinkage.on_pay(plans.get(person, ()), away.get(person, ()), average)
        if sums is not None:
            found[centre].append(sums)
    return found


def _add(tallies: Tallies[FactKey], start: datetime, centre: str, of_people: Sequence[OnPay]) -> None:
    tallies.at(FactKey(start, Measure.ON_PAY, centre, outcome=ON_PAY_PEOPLE)).whole += len(of_people)
    for name in _TIMES:
        tally = tallies.at(FactKey(start, Measure.ON_PAY, centre, outcome=name))
        tally.milliseconds += sum(round(1000 * getattr(each, name)) for each in of_people)
