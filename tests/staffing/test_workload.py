"""Work that waits is done in opening hours, and lost time is added to people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible
from indgang.staffing.workload import in_opening_hours, with_losses


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Numbers, Numbers]:
    shape = draw(st.integers(1, 9)), 24
    opened = draw(arrays.arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.0, 0.5, 1.0, 2.0])))
    return draw(arrays.arrays(np.float64, shape, elements=st.floats(0, 50))), opened


@given(week=weeks())
def test_everything_that_came_before_the_last_closing_is_done_and_only_while_it_is_open(
    week: tuple[Numbers, Numbers],
) -> None:
    came, opened = week
    done = in_opening_hours(came, opened)
    assert (done >= 0).all()
    assert not done[opened == 0].any()
    is_open = np.flatnonzero(opened.ravel() > 0)
    last = int(is_open[-1]) + 1 if is_open.size else 0
    assert done.sum() == pytest.approx(came.ravel()[:last].sum(), abs=1e-6)
    for day in range(len(came)):
        assert done[: day + 1].sum() <= came[: day + 1].sum() + 1e-6, "nothing is done on a day before it came"


def test_what_comes_after_closing_and_at_weekends_waits_for_the_next_open_day() -> None:
    opened = np.zeros((4, 24))
    opened[[0, 3], 9:13] = 1
    came = np.zeros((4, 24))
    came[0, 8], came[0, 20], came[1, 12], came[2, 12] = 4, 8, 1, 3
    done = in_opening_hours(came, opened)
    assert done[0, 9:13].tolist() == [1, 1, 1, 1]
    assert done[3, 9:13].tolist() == [3, 3, 3, 3]


def test_lost_time_is_added_as_base_by_what_is_left() -> None:
    people = np.array([0.0, 1.0, 9.2, 10.0])
    assert with_losses(people, [0.08, 0.05], is_whole=True).tolist() == [0, 2, 11, 12]
    assert with_losses(people, [0.2], is_whole=False).tolist() == [0, 1.25, 11.5, 12.5]
    assert with_losses(people, [], is_whole=True).tolist() == [0, 1, 10, 10]
    for share in (-0.1, 1.0, float("nan")):
        with pytest.raises(Impossible, match="share of time"):
            with_losses(people, [share], is_whole=True)
