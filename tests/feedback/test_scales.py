"""The scales and their common index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.feedback import scales
from indgang.feedback.scales import NotOnScale, Scale

RATED = [scale for scale in Scale if scales.is_rated(scale)]


@pytest.mark.parametrize("scale", RATED)
def test_the_lowest_is_0_and_the_highest_100_whatever_the_scale(scale: Scale) -> None:
    values = scales.values(scale)
    assert (scales.index(scale, values[0]), scales.index(scale, values[-1])) == (0, 100)


@given(st.sampled_from(RATED), st.data())
def test_a_higher_answer_has_a_higher_index(scale: Scale, data: st.DataObject) -> None:
    values = scales.values(scale)
    value = data.draw(st.integers(values[0], values[-1]))
    if value > values[0]:
        assert scales.index(scale, value - 1) < scales.index(scale, value)


@given(st.sampled_from(RATED), st.integers())
def test_a_value_off_the_scale_has_no_index(scale: Scale, value: int) -> None:
    if value not in scales.ends(scale):
        with pytest.raises(NotOnScale):
            scales.index(scale, value)


def test_equal_answers_on_two_scales_differ_and_have_one_middle() -> None:
    assert scales.index("keys_1_9", 7) == 75
    assert scales.index("web_1_10", 7) == pytest.approx(66.67, abs=0.01)
    assert scales.index("keys_1_9", 5) == scales.index("smileys_1_5", 3) == 50


def test_an_open_question_has_no_numbers() -> None:
    assert not scales.is_rated("open")
    with pytest.raises(NotOnScale):
        scales.values("open")
