"""Small moves of the day that cover more of the need: another time for a break, another activity for an hour. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import HOUR, ShiftPart, ShiftRules, WorkShift

Row = tuple[str, str]
#: a break moves by so many quarters at most, and leaves so many of work on both sides
_FARTHEST, _LEAST_BESIDE = 8, HOUR
#: what an hour can be taken from
_GIVES = (ActivityKind.MAIL, ActivityKind.OFF_PHONE)


class MoveKind(StrEnum):
    BREAK = "break"
    """A break at another time."""
    ACTIVITY = "activity"
    """Another activity for an hour."""


@dataclass(frozen=True, slots=True)
class ShiftMove:
    """A suggestion: `person` works `after` instead of `before`.

    From `start` to `end` is the part that moves; `to` is where the break begins then, or what is done instead. `gain`
    is the shortage that it saves, in people times quarters.
    """

    kind: MoveKind
    person: str
    start: int
    end: int
    to: str
    before: WorkShift
    after: WorkShift
    gain: float

    @property
    def key(self) -> str:
        """Names the suggestion on a page."""
        return f"{self.kind}-{self.person}-{self.start}-{self.to}"


@dataclass(frozen=True)
class DaySituation:
    """A day from quarter `now` on: the need of each row, who works what, who is missing although planned, what each may
    do, and the kinds of activities."""

    now: int
    need: Mapping[Row, tuple[float, ...]]
    shifts: Mapping[str, tuple[WorkShift, ...]]
    missing: frozenset[str]
    may_do: Mapping[str, Collection[str]]
    kinds: Mapping[str, ActivityKind]
    rules: ShiftRules = field(default_factory=ShiftRules)
    agreed: Mapping[str, Collection[ShiftPart]] = field(default_factory=dict)
    """Appointments of each person, which no suggestion touches."""
    away: Mapping[str, Collection[tuple[int, int]]] = field(default_factory=dict)
    """Spans in which people are absent or work for another centre; nothing is suggested to them that day."""
    borrowed: Collection[tuple[Row, int, int]] = ()
    """Rows and spans in which somebody comes from another centre."""

    def staffed(self) -> dict[Row, list[int]]:
        """People at work for each quarter, those who are missing not counted."""
        found = {row: [0] * len(values) for row, values in self.need.items()}
        for person, shifts in self.shifts.items():
            if person in self.missing:
                continue
            away = self.away.get(person, ())
            for shift in shifts:
                for row, quarter in _cells(shift):
                    is_here = not any(start <= quarter < end for start, end in away)
                    if row in found and is_here and 0 <= quarter < len(found[row]):
                        found[row][quarter] += 1
        for row, start, end in self.borrowed:
            for quarter in range(max(0, start), min(end, len(found[row]))):
                found[row][quarter] += 1
        return found

    def spare(self) -> dict[int, float]:
        """By quarter from now on, people on the phone beyond the need of all workplaces together; negative where some
        are missing. Who is at a counter or a screen helps no caller."""
        there = self.staffed()
        phones = [row for row in self.need if self.kinds.get(row[1]) is ActivityKind.PHONE]
        last = max((len(self.need[row]) for row in phones), default=0)
        return {
            quarter: sum(there[row][quarter] - self.need[row][quarter] for row in phones)
            for quarter in range(self.now, last)
        }

    def short(self) -> float:
        """People times quarters that are missing from now on."""
        there = self.staffed()
        return sum(
            max(0.0, wanted - there[row][quarter])
            for row, values in self.need.items()
            for quarter, wanted in enumerate(values)
            if quarter >= self.now
        )


def suggest(day: DaySituation, most: int = 8) -> list[ShiftMove]:
    """The moves that save most, each by itself, best first; at most one for each break or hour."""
    there = day.staffed()
    found: dict[tuple[str, int], ShiftMove] = {}
    for person, shifts in day.shifts.items():
        if person in day.missing or day.away.get(person):
            continue
        for shift in shifts:
            for move in (*_breaks(day, person, shift, there), *_activities(day, person, shift, there)):
                key = (person, move.start)
                if not _keeps_appointments(shift, move.after, day.agreed.get(person, ())):
                    continue
                if key not in found or move.gain > found[key].gain:
                    found[key] = move
    return sorted(found.values(), key=lambda each: (-each.gain, each.key))[:most]


def _breaks(day: DaySituation, person: str, shift: WorkShift, there: Mapping[Row, list[int]]) -> Iterator[ShiftMove]:
    for number, part in enumerate(shift.parts):
        if not part.is_break or part.start < day.now or number in (0, len(shift.parts) - 1):
            continue
        for by in range(-_FARTHEST, _FARTHEST + 1):
            after = _moved(shift, number, by)
            if after is None or not by or part.start + by < day.now or not _keeps_stretch(after, day.rules):
                continue
            gain = _gain(day, shift, after, there)
            if gain > 0:
                yield ShiftMove(MoveKind.BREAK, person, part.start, part.end, str(part.start + by), shift, after, gain)


def _moved(shift: WorkShift, number: int, by: int) -> WorkShift | None:
    before, part, after = shift.parts[number - 1 : number + 2]
    first = replace(before, end=before.end + by)
    middle = replace(part, start=part.start + by, end=part.end + by)
    last = replace(after, start=after.start + by)
    if min(first.end - first.start, last.end - last.start) < _LEAST_BESIDE:
        return None
    return replace(shift, parts=(*shift.parts[: number - 1], first, middle, last, *shift.parts[number + 2 :]))


def _activities(
    day: DaySituation, person: str, shift: WorkShift, there: Mapping[Row, list[int]]
) -> Iterator[ShiftMove]:
    wanted = [activity for place, activity in day.need if place == shift.workplace]
    for part in shift.parts:
        if part.is_break or day.kinds.get(part.activity) not in _GIVES:
            continue
        for start in range(max(part.start, day.now), part.end - HOUR + 1, HOUR):
            for activity in wanted:
                if activity == part.activity or activity not in day.may_do.get(person, ()):
                    continue
                after = _instead(shift, start, start + HOUR, activity)
                gain = _gain(day, shift, after, there)
                if gain > 0:
                    yield ShiftMove(MoveKind.ACTIVITY, person, start, start + HOUR, activity, shift, after, gain)


def _instead(shift: WorkShift, start: int, end: int, activity: str) -> WorkShift:
    parts: list[ShiftPart] = []
    for part in shift.parts:
        if part.end <= start or part.start >= end:
            parts.append(part)
            continue
        pieces = (replace(part, end=start), ShiftPart(activity, start, end), replace(part, start=end))
        parts += [each for each in pieces if each.start < each.end]
    return replace(shift, parts=tuple(parts))


def _gain(day: DaySituation, before: WorkShift, after: WorkShift, there: Mapping[Row, list[int]]) -> float:
    """How much less is missing from now on."""
    changes: dict[tuple[Row, int], int] = {}
    for sign, shift in ((-1, before), (1, after)):
        for row, quarter in _cells(shift):
            if row in there and day.now <= quarter < len(there[row]):
                changes[row, quarter] = changes.get((row, quarter), 0) + sign
    gain = 0.0
    for (row, quarter), change in changes.items():
        wanted, has = day.need[row][quarter], there[row][quarter]
        gain += max(0.0, wanted - has) - max(0.0, wanted - has - change)
    return gain


def _cells(shift: WorkShift) -> Iterator[tuple[Row, int]]:
    for part in shift.parts:
        if not part.is_break:
            for quarter in range(part.start, part.end):
                yield (shift.workplace, part.activity), quarter


def _keeps_appointments(before: WorkShift, after: WorkShift, agreed: Collection[ShiftPart]) -> bool:
    """Whether the parts at the times of appointments stay what they were."""
    for each in agreed:
        if any(_activity_at(before, at) != _activity_at(after, at) for at in range(each.start, each.end)):
            return False
    return True


def _activity_at(shift: WorkShift, quarter: int) -> str | None:
    return next((part.activity for part in shift.parts if part.start <= quarter < part.end), None)


def _keeps_stretch(shift: WorkShift, rules: ShiftRules) -> bool:
    since = shift.start
    for part in shift.parts:
        if part.is_break:
            since = part.end
        elif part.end - since > rules.longest_stretch:
            return False
    return True
