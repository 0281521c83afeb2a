"""Indicators that live data propose: within their scales, and only when enough was registered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indgang.analysis.indicators import FEWEST_HANDOVERS, FEWEST_QUESTIONS, LiveEvidence, proposals
from indgang.analysis.segmenting import NAMES
from indgang.analysis.segments import SCALES, Indicators

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500), max_size=8)


@given(COUNTS, COUNTS, st.integers(0, 400), st.none() | st.integers(0, 90_000))
def test_a_proposal_is_always_a_value_of_its_scale(
    purposes: dict[str, int], units: dict[str, int], days: int, cases: int | None
) -> None:
    found = proposals(LiveEvidence(days, sum(purposes.values()), 0, None, purposes, units), cases)
    assert [each.indicator for each in found] == list(NAMES)
    for each, (low, high) in zip(found, SCALES, strict=True):
        assert each.value is None or low <= each.value <= high
    Indicators(*(each.value or low for each, (low, _high) in zip(found, SCALES, strict=True)))


def test_each_indicator_is_measured_as_it_says() -> None:
    """100 questions in 73 days are 500 a year, for 400 cases; four equal purposes; two units, and one too small."""
    found = proposals(
        LiveEvidence(73, 100, 60, 4.0, dict.fromkeys("abcd", 25), {"x": 60, "y": 38, "z": 2}, articles=3), 400
    )
    assert [(each.value, each.measured) for each in found] == [(2, 1.25), (2, 2.0), (None, None), (3, 4.0)]


def test_too_little_proposes_nothing_and_says_how_much_is_needed() -> None:
    found = proposals(LiveEvidence(365, 29, 0, None, {"a": 29}, {"x": 19}), 100)
    assert [each.value for each in found] == [None] * 4
    assert [each.needed for each in found] == [FEWEST_QUESTIONS, FEWEST_HANDOVERS, 0, FEWEST_QUESTIONS]
    assert proposals(LiveEvidence(365, 500, 0, None, {"a": 500}, {}), None)[0].measured is None
