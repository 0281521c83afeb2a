"""The people who explain what was measured are found by playing, whatever the play says."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from hypothesis import given
from hypothesis import strategies as st

from indgang.staffing.twin import fitting
from indgang.staffing.twin.fitting import WAIT, WAYS, StaffingFit, WayOfStaffing, closest
from indgang.staffing.twin.result import Estimated

#: a figure's error beside its value
_ERROR = 0.05

ways, numbers = st.sampled_from(WAYS), st.floats(0.6, 1.7)


def figures(way: WayOfStaffing, seats: float, half_width: float | None = 0.0) -> Mapping[str, Estimated]:
    """A centre in which more people, and people who help each other, shorten the wait; seats that do not follow the
    calls leave some callers waiting long, and more of them hang up for the same wait."""
    wait = 40.0 * exp(-2.5 * (seats * (1 + 0.3 * way.shared - 0.2 * way.even) - 1))
    lost = wait / 400 * (1 + 0.5 * way.even - 0.4 * way.shared)
    in_time = exp(-wait * (1 - 0.3 * way.even + 0.5 * way.shared) / 100)
    named = {WAIT: wait, "abandoned_share": lost, "service_level": in_time}
    return {
        name: Estimated(value, half_width if half_width is None else half_width or _ERROR * value, ())
        for name, value in named.items()
    }


def found(way: WayOfStaffing, seats: float, most: int = 63, half_width: float | None = 0.0) -> StaffingFit:
    return closest(figures(way, seats, half_width), figures, most_plays=most)


@given(ways, numbers)
def test_a_centre_that_the_search_can_play_is_found(way: WayOfStaffing, seats: float) -> None:
    fit = found(way, seats)
    assert fit.best.agrees
    assert fit.best.misfit < 2


@given(ways, numbers, st.integers(1, 70), st.sampled_from([0.0, None]))
def test_the_best_is_never_worse_than_the_formulas_and_the_effort_is_bounded(
    way: WayOfStaffing, seats: float, most: int, half_width: float | None
) -> None:
    fit = found(way, seats, most, half_width)
    assert fit.best.misfit <= fit.unfitted.misfit
    assert 1 <= fit.plays <= most
    assert fitting.FEWEST <= fit.best.seats <= fitting.MOST
    assert found(way, seats, most, half_width) == fit, "the same again"
    assert (fit.unfitted.way, fit.unfitted.seats) == (WAYS[0], 1.0)


@given(numbers)
def test_what_the_formulas_explain_needs_no_other_way(seats: float) -> None:
    fit = found(WAYS[0], seats)
    assert fit.best.way == WAYS[0]
    assert fit.plays <= 7


def test_a_wait_that_no_number_of_people_explains_leaves_the_nearest() -> None:
    seen = {WAIT: Estimated(10_000.0, 1.0, ()), "service_level": Estimated(0.01, 0.001, ())}
    fit = closest(seen, figures, most_plays=63)
    assert not fit.best.agrees
    assert fit.best.seats < 0.3
    assert [each.name for each in fit.best.lines] == [WAIT, "service_level"]


def test_a_day_without_calls_is_played_once_and_says_nothing() -> None:
    empty = {WAIT: Estimated(None, None, ())}
    fit = closest({WAIT: Estimated(12.0, 1.0, ())}, lambda way, seats: empty, most_plays=63)
    assert fit.best.misfit == 0
    assert fit.best == fit.unfitted
