"""Suggestions of the day cover more of the need and keep the rules."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.moves import DaySituation, MoveKind, suggest
from indgang.staffing.shifts.problem import DAY, HOUR, ShiftPart, WorkShift
from tests.staffing.shifts.small import MAIL, PHONE, PLACE, shift

KINDS = {PHONE: ActivityKind.PHONE, MAIL: ActivityKind.MAIL}


def situation(need: float, *shifts: WorkShift, now: int = 0, at: tuple[int, int] = (0, DAY)) -> DaySituation:
    row = tuple(need if at[0] <= quarter < at[1] else 0.0 for quarter in range(DAY))
    people = {f"p{number}": (each,) for number, each in enumerate(shifts)}
    return DaySituation(
        now,
        {(PLACE, PHONE): row, (PLACE, MAIL): (0.0,) * DAY},
        people,
        frozenset(),
        {key: {PHONE, MAIL} for key in people},
        KINDS,
    )


def test_of_two_breaks_at_the_same_time_one_is_moved() -> None:
    day = situation(1, shift(32), shift(32), at=(40, 56))
    best = suggest(day)[0]
    assert (best.kind, best.gain) == (MoveKind.BREAK, 2)
    after = replace(day, shifts={**day.shifts, best.person: (best.after,)})
    assert after.short() == day.short() - best.gain


def test_an_hour_of_mail_becomes_an_hour_on_the_phone() -> None:
    best = suggest(situation(1, shift(32, activity=MAIL), at=(36, 40)))[0]
    assert (best.kind, best.start, best.to, best.gain) == (MoveKind.ACTIVITY, 36, PHONE, HOUR)


def test_what_is_over_is_not_moved_and_who_is_missing_is_not_asked() -> None:
    day = situation(1, shift(32), shift(32), at=(40, 56))
    assert suggest(replace(day, now=60)) == []
    assert suggest(replace(day, missing=frozenset({"p0", "p1"}))) == []


@given(need=st.integers(0, 4), starts=st.lists(st.integers(26, 50), min_size=1, max_size=5), now=st.integers(0, DAY))
def test_each_suggestion_saves_what_it_says(need: int, starts: list[int], now: int) -> None:
    shifts = [shift(start, activity=MAIL if start % 3 == 0 else PHONE) for start in starts]
    day = situation(need, *shifts, now=now)
    for move in suggest(day):
        assert move.gain > 0
        assert move.after.parts[0].start == move.before.start
        assert sum(part.end - part.start for part in move.after.parts) == move.before.length
        after = replace(day, shifts={**day.shifts, move.person: (move.after,)})
        assert abs(after.short() - (day.short() - move.gain)) < 1e-9


def test_an_appointment_is_neither_moved_nor_cut() -> None:
    day = situation(1, shift(32), shift(32), at=(40, 56))
    agreed = {key: [ShiftPart(PHONE, 43, 47)] for key in day.shifts}
    assert suggest(day)
    for move in suggest(replace(day, agreed=agreed)):
        pause = next(part for part in move.after.parts if part.is_break)
        assert pause.end <= 43 or pause.start >= 47
    mail = situation(1, shift(32, activity=MAIL), at=(36, 40))
    assert suggest(replace(mail, agreed={"p0": [ShiftPart(MAIL, 34, 42)]})) == []
