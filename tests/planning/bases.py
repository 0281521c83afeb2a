"""Centres for the tests of what-ifs."""

from __future__ import annotations

from datetime import time

from indgang.planning.whatif import QueueLoad, ScenarioBase
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import TMF_2020, falling_day

TARGET = ServiceTarget(in_time=0.8, within=20)


def queue(
    code: str, calls: float, *, intervals: int = 18, talk: float = 210, patience: float | None = 180,
    seats: float | None = None,
) -> QueueLoad:  # fmt: skip
    """A queue with so many calls a day."""
    day = tuple(calls * each / intervals for each in falling_day(intervals))
    return QueueLoad(code, code, day, talk, 30, patience, None if seats is None else (seats,) * intervals)


def base(*queues: QueueLoad, spread: float = 0.0) -> ScenarioBase:
    """Open from 8 to 17 in half-hours, 250 days a year."""
    return ScenarioBase(time(8), 30, 250, TMF_2020.supply, TARGET, queues, spread)
