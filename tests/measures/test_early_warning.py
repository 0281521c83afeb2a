"""When a day leaves its band, with the habits of weekdays and the trend taken out, and what moved it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.measures.definitions import Direction, Figure
from indgang.measures.early_warning import ExpectedDay, as_long, expected, moved_most, runs, with_chance

#: a Monday
DAY = date(2026, 3, 16)
_NOISE = st.lists(st.floats(-2, 2), min_size=70, max_size=70)


def before(
    noise: list[float], *, level: float = 50.0, trend: float = 0.0, habits: tuple[float, ...] = (0,) * 7
) -> dict[date, float]:
    """Ten weeks before DAY."""
    found = {}
    for back, odd in enumerate(noise, 1):
        each = DAY - timedelta(days=back)
        found[each] = level - trend * back + habits[each.weekday()] + odd
    return found


@given(_NOISE, st.floats(-5, 5), st.lists(st.floats(-30, 30), min_size=7, max_size=7).map(tuple))
def test_trend_and_habits_of_weekdays_change_the_expectation_and_not_the_band(
    noise: list[float], trend: float, habits: tuple[float, ...]
) -> None:
    plain, moved = expected(before(noise), DAY), expected(before(noise, trend=trend, habits=habits), DAY)
    assert plain is not None
    assert moved is not None
    assert moved.high - moved.low == pytest.approx(plain.high - plain.low, abs=1e-6)
    assert moved.low <= moved.value <= moved.high


def test_a_monday_that_is_always_low_is_no_warning_and_a_low_tuesday_is() -> None:
    chance = random.Random(7)
    days = before([chance.gauss(0, 1) for _ in range(70)], level=80.0, habits=(-20, 0, 0, 0, 0, 0, 0))
    monday, tuesday = expected(days, DAY), expected(days, DAY + timedelta(days=1))
    assert monday is not None
    assert tuesday is not None
    assert not monday.left_by(60.0, Direction.HIGHER)
    assert tuesday.left_by(60.0, Direction.HIGHER)
    assert not tuesday.left_by(99.0, Direction.HIGHER)
    assert tuesday.left_by(99.0, Direction.LOWER)


def test_one_odd_day_among_those_before_changes_little() -> None:
    chance = random.Random(7)
    noise = [chance.gauss(0, 1) for _ in range(70)]
    plain, odd = expected(before(noise), DAY), expected(before([*noise[:9], 400.0, *noise[10:]]), DAY)
    assert plain is not None
    assert odd is not None
    assert odd.value == pytest.approx(plain.value, abs=1.0)
    assert odd.high - odd.low < 1.5 * (plain.high - plain.low)


def test_chance_alone_warns_seldom() -> None:
    chance = random.Random(11)
    values = {DAY + timedelta(days=number): chance.gauss(50, 2) for number in range(400)}
    days = [DAY + timedelta(days=number) for number in range(100, 400)]
    found = [(expected(values, day), values[day]) for day in days]
    warned = sum(band is not None and band.left_by(value, Direction.NEITHER) for band, value in found)
    assert warned <= 12


def test_eight_days_in_a_row_on_the_worse_side_are_no_chance_and_seven_are() -> None:
    known = {DAY - timedelta(days=back): 80.0 + (-1) ** back for back in range(50)}
    last = DAY
    for back in range(8):
        known[last - timedelta(days=back)] = 77.0
    assert runs(known, last, Direction.HIGHER)
    assert not runs(known, last, Direction.LOWER), "it is better"
    assert runs(known, last, Direction.NEITHER)
    assert not runs({**known, last - timedelta(days=7): 81.0}, last, Direction.HIGHER)
    assert not runs({each: value for each, value in known.items() if each != last}, last, Direction.HIGHER)


def test_eight_days_that_lie_a_little_off_are_no_run() -> None:
    known = {DAY - timedelta(days=back): 80.0 + (-1) ** back for back in range(50)}
    assert not runs(known | {DAY - timedelta(days=back): 79.5 for back in range(8)}, DAY, Direction.HIGHER)


def test_chance_alone_seldom_makes_a_run() -> None:
    chance = random.Random(5)
    values = {DAY + timedelta(days=number): chance.gauss(50, 2) for number in range(300)}
    found = [runs(values, DAY + timedelta(days=number), Direction.NEITHER) for number in range(80, 300)]
    assert sum(found) <= 1


def test_a_count_is_held_against_days_as_long_as_this_one() -> None:
    long, short = DAY, DAY + timedelta(days=1)
    assert as_long({long: 80.0, short: 30.0}, {long: 8.0, short: 4.0}, short) == {long: 40.0, short: 30.0}


def test_few_days_say_nothing() -> None:
    assert expected(dict(list(before([0.0] * 70).items())[:19]), DAY) is None
    assert expected({}, DAY) is None


def test_the_part_that_moved_most_is_named() -> None:
    usual = {"byggeri": Figure(80.0, 100), "byliv": Figure(80.0, 100), "lille": Figure(80.0, 5)}
    now = {"byggeri": Figure(50.0, 100), "byliv": Figure(85.0, 100), "lille": Figure(0.0, 5)}
    assert moved_most(now, usual, is_count=False, rises=False) == "byggeri"
    assert moved_most(now, usual, is_count=False, rises=True) == "byliv"
    assert moved_most({}, usual, is_count=False, rises=True) is None
    counted = {"byggeri": Figure(300.0, 300), "ny": Figure(90.0, 90)}
    assert moved_most(counted, {"byggeri": Figure(280.0, 280)}, is_count=True, rises=True) == "ny"


def test_a_small_day_that_is_mostly_perfect_is_no_warning_at_one_failure_and_a_large_one_is() -> None:
    band = expected(before([0.0] * 70, level=100.0), DAY)
    assert band is not None
    assert band.low == band.high == 100.0
    assert not with_chance(band, "percent", 5).left_by(80.0, Direction.HIGHER)
    assert with_chance(band, "percent", 200).left_by(80.0, Direction.HIGHER)


@given(st.floats(0, 100), st.floats(0, 20), st.integers(5, 10_000), st.sampled_from(["percent", "count", "seconds"]))
def test_chance_never_makes_a_band_narrower(middle: float, spread: float, base: int, unit: str) -> None:
    band = ExpectedDay(middle, middle - spread, middle + spread)
    wide = with_chance(band, unit, base)
    assert wide.low <= band.low <= band.high <= wide.high
    assert with_chance(band, unit, 4 * base).high <= wide.high + 1e-9


def test_a_part_that_got_nothing_can_have_moved_the_whole() -> None:
    usual = {"byggeri": Figure(100.0, 100), "byliv": Figure(80.0, 100), "pas": Figure(30.0, 100)}
    now = {"byggeri": Figure(100.0, 100), "byliv": Figure(80.0, 100)}
    assert moved_most(now, usual, is_count=False, rises=True) == "pas"
    assert moved_most({"byliv": Figure(50.0, 50)}, {"byliv": Figure(50.0, 50), "pas": Figure(40.0, 40)},
                      is_count=True, rises=False) == "pas"  # fmt: skip


def test_the_edges_of_the_band_belong_to_it() -> None:
    band = ExpectedDay(50.0, 40.0, 60.0)
    assert not any(band.left_by(value, Direction.NEITHER) for value in (40.0, 60.0))
