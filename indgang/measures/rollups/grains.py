"""Longer units than the quarter of an hour: days and months, of which long periods are read. Pure.

Each is the sum of the quarters in it. Without services and purposes there are far fewer rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from indgang.core.clock import day_of
from indgang.measures.rollups.facts import FactKey
from indgang.measures.rollups.tallies import FactTally, Tallies


class Grain(StrEnum):
    """A unit of time, and whether its rows tell services and purposes apart."""

    DAY = "day"
    DAY_QUEUES = "day_queues"
    """Without services and purposes."""
    MONTH_QUEUES = "month_queues"
    """The same of whole months."""
    MONTH_WHOLE = "month_whole"
    """Months with nothing but the measure and the outcome."""
    MONTH_SERVICES = "by_service"
    """Months by centre and service alone."""
    MONTH_PURPOSES = "by_purpose"
    """Months by centre and purpose alone."""


#: the grains of months, the smallest first, each with the columns that its rows tell apart
MONTHS: Mapping[Grain, frozenset[str]] = {
    Grain.MONTH_WHOLE: frozenset(),
    Grain.MONTH_SERVICES: frozenset({"centre", "service"}),
    Grain.MONTH_PURPOSES: frozenset({"centre", "purpose"}),
    Grain.MONTH_QUEUES: frozenset({"centre", "queue", "channel", "level"}),
}


class SummedKey(NamedTuple):
    """As `FactKey`, of a day; a month is its first day."""

    grain: str
    day: date
    measure: str
    centre: str = ""
    queue: str = ""
    service: str = ""
    purpose: str = ""
    channel: str = ""
    level: int = 1
    outcome: str = ""


@lru_cache(4096)
def day_of_quarter(quarter: datetime) -> date:
    """The day in Copenhagen."""
    return day_of(quarter)


def _of_day(key: FactKey) -> SummedKey:
    return SummedKey(Grain.DAY, day_of_quarter(key.quarter), *key[1:])


def _above(key: SummedKey) -> tuple[SummedKey, ...]:
    """The keys next to it at which everything counts that counts at this one."""
    grain, day, measure, centre, queue, service, purpose, channel, level, outcome = key
    if grain == Grain.DAY:
        month = day.replace(day=1)
        return (
            SummedKey(Grain.DAY_QUEUES, day, measure, centre, queue, "", "", channel, level, outcome),
            SummedKey(Grain.MONTH_SERVICES, month, measure, centre, service=service, outcome=outcome),
            SummedKey(Grain.MONTH_PURPOSES, month, measure, centre, purpose=purpose, outcome=outcome),
        )
    if grain == Grain.DAY_QUEUES:
        return (SummedKey(Grain.MONTH_QUEUES, day.replace(day=1), *key[2:]),)
    return (SummedKey(Grain.MONTH_WHOLE, day, measure, outcome=outcome),) if grain == Grain.MONTH_QUEUES else ()


def of_month(key: SummedKey) -> Iterator[SummedKey]:
    """The keys of its month at which something counts that counts at this key of a day (`DAY`)."""
    for each in _above(key):
        if each.grain in MONTHS:
            yield each
        yield from of_month(each)


def summed(rows: Iterable[tuple[FactKey, FactTally]]) -> Tallies[SummedKey]:
    """The rows added up, one unit after the other: there are fewer rows of each than of the one before."""
    found: Tallies[SummedKey] = Tallies()
    for key, tally in rows:
        found.at(_of_day(key)).add(tally)
    added = found
    while added:
        longer: Tallies[SummedKey] = Tallies()
        for own, tally in added.items():
            for each in _above(own):
                longer.at(each).add(tally)
        found.update(longer)
        added = longer
    return found
