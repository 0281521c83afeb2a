"""The rest of a day again: the forecast holds while little is known, and the morning decides once much is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.staffing.forecast.today import level

calls = st.floats(0, 500)


def test_a_morning_as_expected_changes_nothing() -> None:
    assert level(np.array([10.0, 20.0]), np.array([12.0, 18.0]), 0.04) == 1.0
    assert level(np.zeros(0), np.zeros(0), 0.04) == 1.0


def test_twice_the_calls_of_a_small_and_of_a_large_morning() -> None:
    """By hand: (1 + 0.04 · 10) / (1 + 0.04 · 5) = 1.1667, and (1 + 0.04 · 1000) / (1 + 0.04 · 500) = 1.9524."""
    assert level(np.array([5.0]), np.array([10.0]), 0.04) == pytest.approx(1.4 / 1.2)
    assert level(np.array([500.0]), np.array([1000.0]), 0.04) == pytest.approx(41 / 21)


@given(expected=calls, came=calls, variance=st.floats(0, 2))
def test_the_level_lies_between_the_forecast_and_what_came(expected: float, came: float, variance: float) -> None:
    found = level(np.array([expected]), np.array([came]), variance)
    assert min(1.0, came / expected if expected else 1.0) - 1e-9 <= found
    if expected:
        assert found <= max(1.0, came / expected) + 1e-9
    assert found >= level(np.array([expected]), np.array([0.0]), variance)


def test_a_negative_variance_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        level(np.array([1.0]), np.array([1.0]), -0.1)
