"""Numbers as plots and reports write them."""

from __future__ import annotations

from indgang.plots.numbers import ValueUnit, ticks, written


def test_an_index_is_written_as_one_and_never_drawn_above_a_hundred() -> None:
    assert written(100.0, ValueUnit.INDEX) == "100"
    assert written(81.26, ValueUnit.INDEX) == "81,3"
    assert ticks(60, 100, ValueUnit.INDEX)[-1] == 100
