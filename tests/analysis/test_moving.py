"""What moves by a potential has an interval that comes from how the days differ."""

from __future__ import annotations

import numpy as np
import pytest

from indgang.analysis.counting.scaling import share_interval
from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.moving import MovingNumbers, numbers
from indgang.analysis.potential.presets import TMF
from indgang.analysis.potential.results import CountedRows, Potential, UnitName
from indgang.analysis.potential.rules import PURPOSES, CountMark


def potential(days: list[list[int]], *, is_by_unit: bool = False, units: int = 1) -> Potential:
    """Days of minutes of general questions; the units take turns."""
    minutes = np.array([each for day in days for each in day], dtype=np.float32)
    day = np.array([index for index, each in enumerate(days) for _ in each], dtype=np.int32)
    size = len(minutes)
    nothing = np.zeros(size, dtype=bool)
    rows = CountedRows(
        tuple(UnitName("", f"Enhed {each}") for each in range(units)), len(days),
        (np.arange(size) % units).astype(np.int32), day, nothing, nothing, is_by_unit,
    )  # fmt: skip
    columns = EnquiryColumns(
        np.full(size, list(CountMark).index(CountMark.GENERAL), dtype=np.int8),
        np.full(size, PURPOSES.index("vejledning"), dtype=np.int8), np.full(size, -1, dtype=np.int8),
        np.full(size, -1, dtype=np.int8), minutes,
    )  # fmt: skip
    return Potential(classify(TMF, columns), rows, factor=50)


def of(days: list[list[int]], **given: bool | int) -> MovingNumbers:
    return numbers(potential(days, **given))  # type: ignore[arg-type]  # as potential takes them


def test_a_share_lies_within_its_interval_and_more_days_narrow_it() -> None:
    few = of([[2, 2, 5, 25], [2, 5, 5, 25]])
    many = of([[2, 2, 5, 25], [2, 5, 5, 25]] * 10)
    for found in (few, many):
        share = found.digital_share
        assert share.low is not None
        assert share.high is not None
        assert share.low <= share.value <= share.high
        assert share.value == pytest.approx(3 / 8, abs=0.07)
    assert (many.digital_share.high or 0) - (many.digital_share.low or 0) < 0.5


def test_one_day_has_no_interval_and_units_of_other_days_add_up_as_independent_ones() -> None:
    assert of([[2, 5, 25]]).moved_share.low is None
    assert of([[2, 5, 25, 5]], is_by_unit=True, units=2).moved.low is None
    days = [[2, 2, 5, 5], [2, 2, 5, 5]]
    apart, shared, each = of(days, is_by_unit=True, units=2), of(days, units=2), of([day[1:3] for day in days])
    for found in (apart.moved, apart.moved_share, apart.movable_share, shared.moved):
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
    assert each.digital.high is not None
    assert apart.digital.value == 2 * each.digital.value
    assert apart.digital.high is not None
    assert each.digital.high < apart.digital.high < 2 * each.digital.high, "chances even out"


def test_a_total_has_the_interval_of_its_units_days() -> None:
    days = [[2, 5, 25, 5], [2, 5, 5, 5], [2, 2, 25, 5]]
    table = potential(days, units=2).table
    assert [len(each.intervals) for each in table] == [3, 3, 3]
    digital = table[-1].intervals[0]
    assert digital[0] <= table[-1].digital <= digital[1]
    assert potential(days).table[0].intervals == table[-1].intervals, "on the same days, whoever counted"


def test_a_share_of_nothing_has_no_interval() -> None:
    assert share_interval([0, 0], [0, 0]) is None
    assert share_interval([1], [2]) is None
    assert share_interval([0, 0, 0], [5, 6, 7]) == (0.0, 0.0)
