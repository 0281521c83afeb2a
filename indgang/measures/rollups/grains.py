"""Longer units than the quarter of an hour: days and months, of which long periods are read. Pure.

Each is the sum of the quarters in it. Without services and purposes there are far fewer rows.
"""

from __future__ import annotations

from collections.abc import Iterable
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


#: the grains of months, which are sums of `DAY_QUEUES`
MONTHS = (Grain.MONTH_QUEUES, Grain.MONTH_WHOLE)


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
    )


def summed(rows: Iterable[tuple[FactKey, FactTally]]) -> Tallies[SummedKey]:
    """The rows added up."""
    found: Tallies[SummedKey] = Tallies()
    for key, tally in rows:
        for each in keys(key):
            found.at(each).add(tally)
    return found
