"""Longer units than the quarter of an hour: days and months, of which long periods are read. Pure.

Each is the sum of the quarters in it. Without services and purposes there are far fewer rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
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


def keys(key: FactKey) -> tuple[SummedKey, ...]:
    """The keys at which something counts that counts at this one."""
    quarter, measure, centre, queue, service, purpose, channel, level, outcome = key
    day = day_of_quarter(quarter)
    without, month = (measure, centre, queue, "", "", channel, level, outcome), day.replace(day=1)
    return (
        SummedKey(Grain.DAY, day, measure, centre, queue, service, purpose, channel, level, outcome),
        SummedKey(Grain.DAY_QUEUES, day, *without),
        SummedKey(Grain.MONTH_QUEUES, month, *without),
        SummedKey(Grain.MONTH_WHOLE, month, measure, outcome=outcome),
        SummedKey(Grain.MONTH_SERVICES, month, measure, centre, service=service, outcome=outcome),
        SummedKey(Grain.MONTH_PURPOSES, month, measure, centre, purpose=purpose, outcome=outcome),
    )


def of_month(key: SummedKey) -> Iterator[SummedKey]:
    """The keys of its month at which something counts that counts at this key of a day (`DAY`)."""
    _grain, day, measure, centre, queue, service, purpose, channel, level, outcome = key
    own = FactKey(_midday(day), measure, centre, queue, service, purpose, channel, level, outcome)
    return (each for each in keys(own) if each.grain in MONTHS)


@lru_cache(4096)
def _midday(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def summed(rows: Iterable[tuple[FactKey, FactTally]]) -> Tallies[SummedKey]:
    """The rows added up."""
    found: Tallies[SummedKey] = Tallies()
    for key, tally in rows:
        for each in keys(key):
            found.at(each).add(tally)
    return found
