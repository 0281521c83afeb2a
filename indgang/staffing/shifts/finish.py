"""The last step: time off the phone for people of complicated areas, where they are missed least. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.candidates import Floats, ShiftOffers
from indgang.staffing.shifts.problem import HOUR, ShiftPart, ShiftPerson, ShiftPlanValue, ShiftProblem, WorkShift

#: time off the phone comes in pieces of this length
_PIECE = HOUR


def with_time_off_the_phone(problem: ShiftProblem, plan: ShiftPlanValue) -> dict[str, tuple[WorkShift, ...]]:
    """The same shifts, in which people have their share of time off the phone.

    It is taken from the pieces that are missed least, as long as a quarter off the phone is worth more than the
    shortage that it makes.
    """
    names = [each for each, kind in problem.kinds.items() if kind is ActivityKind.OFF_PHONE]
    changed = dict(plan)
    if not names:
        return changed
    offers = ShiftOffers(problem)
    spare = offers.served(shift for shifts in plan.values() for shift in shifts) - offers.need
    for person in problem.people:
        name = next((each for each in names if each in person.activities), "")
        if person.off_phone_share and name:
            changed[person.key] = _of_person(offers, person, plan.get(person.key, ()), spare, name)
    return changed


def _of_person(
    offers: ShiftOffers, person: ShiftPerson, shifts: tuple[WorkShift, ...], spare: Floats, name: str
) -> tuple[WorkShift, ...]:
    """Takes what is given away off `spare`."""
    prices = offers.problem.prices
    worked = sum(part.end - part.start for shift in shifts for part in shift.parts if not part.is_break)
    # a shift that stays has had its time off the phone already
    wanted = round(worked * person.off_phone_share) - _off_the_phone(offers.problem, shifts)
    made = {shift: shift for shift in shifts if not shift.is_fixed}
    while wanted >= _PIECE:
        pieces = [(_loss(prices.understaffed, spare, piece), shift, piece) for shift in made for piece in
                  _pieces(offers, person, made[shift], name)]  # fmt: skip
        if not pieces:
            break
        loss, shift, (row, start, end) = min(pieces, key=lambda each: (each[0], each[2]))
        if loss > prices.off_phone * (end - start):
            break
        spare[row, start:end] -= 1
        made[shift] = _taken_off(made[shift], name, start, end)
        wanted -= end - start
    return tuple(made.get(shift, shift) for shift in shifts)


def _off_the_phone(problem: ShiftProblem, shifts: Iterable[WorkShift]) -> int:
    parts = (part for shift in shifts for part in shift.parts)
    return sum(part.end - part.start for part in parts if problem.kinds.get(part.activity) is ActivityKind.OFF_PHONE)


def _pieces(offers: ShiftOffers, person: ShiftPerson, shift: WorkShift, name: str) -> Iterator[tuple[int, int, int]]:
    """What may be taken away: nothing of an appointment, nor while the person cannot do the other thing."""
    for row, start, end in offers.cells_of(shift):
        for first in range(start, end - _PIECE + 1, _PIECE):
            is_agreed = any(each.start < first + _PIECE and each.end > first for each in person.appointments)
            if not is_agreed and name in person.can_do(first, first + _PIECE):
                yield row, first, first + _PIECE


def _loss(price: float, spare: Floats, piece: tuple[int, int, int]) -> float:
    """What one person fewer costs."""
    row, start, end = piece
    return price * float(np.clip(1 - spare[row, start:end], 0, 1).sum())


def _taken_off(shift: WorkShift, name: str, start: int, end: int) -> WorkShift:
    parts: list[ShiftPart] = []
    for part in shift.parts:
        if part.end <= start or part.start >= end:
            parts.append(part)
            continue
        parts += [
            each
            for each in (
                ShiftPart(part.activity, part.start, start), ShiftPart(name, start, end),
                ShiftPart(part.activity, end, part.end),
            )
            if each.start < each.end
        ]  # fmt: skip
    return replace(shift, parts=tuple(parts))
