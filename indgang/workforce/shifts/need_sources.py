"""Where the need of a shift plan comes from, when no planner has written it: queues, and time that is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from indgang.staffing.workload import with_losses
from indgang.workforce.models import PlannedNeed

#: the share of time that is lost by those who do not come; who is ill today is known today
SICKNESS = "sickness"


@dataclass(frozen=True, slots=True)
class NeedAddition:
    """A share of planned time that is lost, in percent, as it is assumed, and where the number comes from."""

    code: str
    percent: float
    source: str


@dataclass(frozen=True)
class NeedSource:
    """Whose forecast a need comes from (codes of queues), what was added, and whether people are whole."""

    queues: tuple[str, ...]
    added: tuple[NeedAddition, ...] = ()
    is_whole: bool = True

    def as_data(self) -> dict[str, Any]:
        return {
            "queues": list(self.queues), "is_whole": self.is_whole,
            "added": [{"code": each.code, "percent": each.percent, "source": each.source} for each in self.added],
        }  # fmt: skip

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> NeedSource | None:
        """None for what a planner has written."""
        if not given:
            return None
        added = tuple(NeedAddition(**each) for each in given["added"])
        return cls(tuple(given["queues"]), added, given["is_whole"])


@dataclass(frozen=True)
class DayNeed:
    """People by day and quarter on the wall, without time that is lost (`base`, empty when nothing was added) and with
    it, and where they come from."""

    people: Mapping[date, Sequence[float]]
    base: Mapping[date, Sequence[float]]
    source: NeedSource


def at_work(row: PlannedNeed) -> list[float]:
    """The people of each quarter without what was added for sickness. What a planner has written since stays."""
    source = NeedSource.of(row.about)
    if source is None or not row.base:
        return row.people
    losses = [each.percent / 100 for each in source.added if each.code != SICKNESS]
    there = with_losses(np.asarray(row.base), losses, is_whole=source.is_whole)
    return [min(pair) for pair in zip(row.people, there.tolist(), strict=True)]


def sources(rows: Iterable[PlannedNeed]) -> list[tuple[PlannedNeed, PlannedNeed, NeedSource]]:
    """The first and last row of each activity and workplace that comes from a forecast, by source."""
    found: dict[tuple[int, int, NeedSource], list[PlannedNeed]] = {}
    for row in sorted(rows, key=lambda each: each.day):
        source = NeedSource.of(row.about)
        if source is not None:
            found.setdefault((row.activity_id, row.workplace_id, source), []).append(row)
    return [(days[0], days[-1], source) for (_activity, _workplace, source), days in found.items()]
