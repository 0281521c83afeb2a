"""The staffing calculator: a question of volumes, times, hours and a target, and everything that it answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import time
from enum import StrEnum
from math import isfinite
from typing import Any

from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.presets import SizingPreset
from indgang.staffing.sizing import (
    Demand,
    HeldSeats,
    Interval,
    LineNeed,
    Seats,
    Sizing,
    Supply,
    hold,
    lines,
    sizes,
)

#: Erlang in the busiest interval: more than the whole country's contact centres
MOST_LOAD = 2_000.0
#: load times patience by handling time: with more, nobody hangs up before being answered, and the sum takes minutes
MOST_PATIENCE = 20_000.0
#: agents more and fewer in each interval
STEPS = (-1, 0, 1)


class Excess(StrEnum):
    """What is too large to be answered."""

    LOAD = "load"
    PATIENCE = "patience"


#: what the API and the command say of it
_TOO_LARGE = {
    Excess.LOAD: "more than 2,000 agents at once; look at calls, times and hours",
    Excess.PATIENCE: "with so much patience nobody would hang up; shorten it, or leave it out",
}


@dataclass(frozen=True, slots=True)
class StaffingQuestion:
    """Everything that the answer depends on. The first interval begins when the centre `opens`."""

    demand: Demand
    supply: Supply
    target: ServiceTarget
    seats: Seats
    opens: time
    blocked: float | None = None
    """The share of calls that may find all lines busy; None when lines are not asked for."""

    def begins(self) -> Iterator[time]:
        """When each interval begins."""
        first = 60 * self.opens.hour + self.opens.minute
        for number in range(len(self.demand.profile)):
            minute = int(first + 60 * number * self.demand.interval_hours)
            yield time(minute // 60, minute % 60)


@dataclass(frozen=True, slots=True)
class SeatStep:
    """The same day with so many agents more (or fewer) in each interval that has calls."""

    more: int
    held: HeldSeats


@dataclass(frozen=True, slots=True)
class StaffingAnswer:
    """What the question's way to follow the day needs, the other way, and what one agent more or fewer does."""

    question: StaffingQuestion
    chosen: Sizing
    by_seats: Mapping[Seats, Sizing]
    steps: tuple[SeatStep, ...]
    lines: LineNeed | None = None

    @property
    def busiest(self) -> Interval:
        return max(self.chosen.intervals, key=lambda each: each.load)

    @property
    def most_seats(self) -> int:
        return max(each.seats for each in self.chosen.intervals)


def of_preset(preset: SizingPreset, blocked: float | None = None) -> StaffingQuestion:
    return StaffingQuestion(preset.demand, preset.supply, preset.target, preset.seats, preset.opens, blocked)


def sized(asked: SizingPreset, *, blocked: float | None = None) -> dict[str, Any]:
    """What a sizing needs, with each assumption, where it comes from and since when it holds, as plain values: what the
    API and the command say. Raises `Impossible` for what has no answer or is too large."""
    question = of_preset(asked, blocked)
    found = excess(question)
    if found is not None:
        raise Impossible(_TOO_LARGE[found])
    return {
        "preset": asked.code, "title": asked.title, "printed_fte": asked.printed_fte,
        "assumptions": assumed(question), "sources": dict(asked.sources),
        "valid_from": {name: day.isoformat() for name, day in asked.valid_from.items()},
        **as_data(answer(question)),
    }  # fmt: skip


def assumed(question: StaffingQuestion) -> dict[str, Any]:
    """Everything that the answer depends on, as plain values."""
    supply = question.supply
    return {
        **asdict(question.demand), "opens": f"{question.opens:%H:%M}", "phone_share": supply.phone_share,
        "shrinkage": supply.shrinkage, "kroner_each": supply.kroner_each, "year": asdict(supply.year),
        "net_hours_a_year": round(supply.year.net, 1), "target": asdict(question.target),
        "seats": question.seats.value,
    }  # fmt: skip


def excess(question: StaffingQuestion) -> Excess | None:
    """What makes the question too large, if anything does."""
    demand = question.demand
    busiest = float(demand.loads().max())
    if busiest > MOST_LOAD:
        return Excess.LOAD
    patience = demand.patience_seconds
    if patience is not None and busiest * patience > MOST_PATIENCE * demand.handling_seconds:
        return Excess.PATIENCE
    return None


def answer(question: StaffingQuestion) -> StaffingAnswer:
    """By Erlang A with a patience, else by Erlang C. Raises `Impossible` for what has no answer; ask `excess` first."""
    both = sizes(question.demand, question.supply, question.target)
    chosen = both[question.seats]
    steps = tuple(SeatStep(more, _held(question, chosen, more)) for more in STEPS)
    seats = [each.seats for each in chosen.intervals]
    needed = None if question.blocked is None else lines(question.demand, seats, question.blocked)
    return StaffingAnswer(question, chosen, both, steps, needed)


def as_data(found: StaffingAnswer) -> dict[str, Any]:
    """The answer as plain values. A wait without end is None."""
    question, chosen = found.question, found.chosen
    return {
        "fte": chosen.fte, "fte_before_rounding": chosen.fte_before_rounding, "seat_hours": chosen.seat_hours,
        "kroner": chosen.kroner, "kroner_each_call": chosen.kroner_each_call,
        **{f"fte_{way.value}": sized.fte for way, sized in found.by_seats.items()},
        "in_time": chosen.in_time, "mean_wait": _finite(chosen.mean_wait), "abandoned": chosen.abandoned,
        "occupancy": chosen.occupancy, "seats_held": question.seats.value, "net_hours": question.supply.year.net,
        "lines": asdict(found.lines) if found.lines else None,
        "intervals": [
            {"begins": f"{at:%H:%M}", "load": each.load, "need": each.whole, "need_real": each.real,
             "seats": each.seats}
            for at, each in zip(question.begins(), chosen.intervals, strict=True)
        ],
        "steps": [
            {"more": step.more, "fte": step.held.fte, "kroner": step.held.kroner, "in_time": step.held.in_time,
             "mean_wait": _finite(step.held.mean_wait), "abandoned": step.held.abandoned}
            for step in found.steps
        ],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _held(question: StaffingQuestion, sizing: Sizing, more: int) -> HeldSeats:
    seats = [max(each.seats + more, 0) if each.load else each.seats for each in sizing.intervals]
    return hold(question.demand, question.supply, question.target, seats)
