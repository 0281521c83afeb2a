"""The fit finds the seats that a centre had, and predicts what it was not told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.planning.fitting import MeasuredQueue, fit
from indgang.staffing.erlang import erlang_a
from tests import sample

CALLS = (30.0, 45.0, 40.0, 20.0)


def seen(seats_over_load: float, patience: float = 150) -> MeasuredQueue:
    """What a thousand days of a centre with so many seats above its load would count."""
    loads = np.asarray(CALLS) * 240 / 1_800
    found = erlang_a(loads + seats_over_load * np.sqrt(loads), loads, 240, 20, patience)
    calls = np.asarray(CALLS) * 1_000
    abandoned, in_time = float((found.abandoned * calls).sum()), float((found.in_time * calls).sum())
    waited = float((found.mean_wait * calls).sum())
    total = round(float(calls.sum()))
    return MeasuredQueue(CALLS, total - round(abandoned), round(abandoned), round(in_time), waited, 240, 1_800)


@settings(max_examples=sample.examples(30))
@given(st.floats(-0.5, 1.5), st.floats(60, 400))
def test_the_fit_finds_the_seats_and_predicts_the_share_in_time(seats_over_load: float, patience: float) -> None:
    found = fit(measured := seen(seats_over_load, patience), 20)
    assert found is not None
    assert measured.patience == pytest.approx(patience, rel=0.02)
    assert found.model_in_time == pytest.approx(found.seen_in_time, abs=0.01)
    assert found.model_abandoned == pytest.approx(found.seen_abandoned, abs=0.01)
    loads = np.asarray(CALLS) * 240 / 1_800
    assert found.seats == pytest.approx(loads + seats_over_load * np.sqrt(loads), abs=0.15)


def test_a_queue_without_calls_has_no_fit_and_one_without_losses_no_patience() -> None:
    assert fit(MeasuredQueue((0.0,), 0, 0, 0, 0.0, 240, 1_800), 20) is None
    calm = MeasuredQueue((30.0,), 1_000, 0, 900, 9_000.0, 240, 1_800)
    assert calm.patience is None
    found = fit(calm, 20)
    assert found is not None
    assert found.model_wait == pytest.approx(9, abs=0.1)
