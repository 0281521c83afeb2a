"""Erlang B, C and A: exact rationals, published tables, the chain of states itself, and laws."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.staffing.erlang import QueueOutcome, erlang_a, erlang_b, erlang_c

LOADS = st.floats(0.01, 300)
AGENTS = st.integers(1, 400)
TIMES = st.floats(1, 3600)


def _exact_b(agents: int, load: Fraction) -> Fraction:
    inverse = Fraction(1)
    for k in range(1, agents + 1):
        inverse = 1 + k / load * inverse
    return 1 / inverse


def _error(found: float, exact: Fraction) -> float:
    return float(abs(Fraction(found) - exact) / exact)


def _states(agents: int, load: float, handling: float, patience: float) -> tuple[float, float, float]:
    """Share waiting, share abandoned and mean wait of the answered, from the chances of all numbers of callers."""
    chances = [1.0]
    while len(chances) <= agents or chances[-1] > 1e-18 * max(chances):
        k = len(chances)
        leaving = min(k, agents) / handling + max(0, k - agents) / patience
        chances.append(chances[-1] * load / handling / leaving)
    total = sum(chances)
    waiting = [chance / total for chance in chances[agents:]]
    abandoned = sum(j * chance for j, chance in enumerate(waiting)) / patience / (load / handling)
    waited, passed = 0.0, 0.0
    for j, chance in enumerate(waiting):
        rate = agents / handling + (j + 1) / patience
        passed += 1 / rate
        waited += chance * agents / handling / rate * passed
    return sum(waiting), abandoned, waited / (1 - abandoned)


@pytest.mark.parametrize(
    ("lines", "load", "blocked"),
    [
        # Rappaport, Wireless Communications, table 3.4: the capacity of an Erlang B system
        (2, "0.153", 0.01), (4, "0.869", 0.01), (5, "1.36", 0.01), (10, "4.46", 0.01), (20, "12.0", 0.01),
        (100, "84.1", 0.01), (2, "0.105", 0.005), (4, "0.701", 0.005), (5, "1.13", 0.005), (10, "3.96", 0.005),
        (20, "11.1", 0.005), (100, "80.9", 0.005), (2, "0.046", 0.001), (4, "0.439", 0.001), (5, "0.762", 0.001),
        (10, "3.09", 0.001), (20, "9.41", 0.001), (100, "75.2", 0.001),
        # erlang.com, manual of the calculators: how much traffic can a trunk group handle?
        (15, "8.108", 0.01),
    ],
)  # fmt: skip
def test_the_published_tables_of_erlang_b(lines: int, load: str, blocked: float) -> None:
    """The load that loses this share lies within half a unit of the last digit that is printed."""
    half = 0.5 * 10.0 ** -len(load.partition(".")[2])
    assert float(erlang_b(lines, float(load) - half)) <= blocked <= float(erlang_b(lines, float(load) + half))


@pytest.mark.parametrize(
    ("agents", "load", "handling", "within", "printed"),
    [
        # the R package ErlangC 0.1.0 on CRAN, README: 100 calls of 3 minutes in half an hour
        (14, 10.0, 180.0, 20.0, {"waiting": "0.1741319", "in_time": "0.88835", "mean_wait": "7.835937",
                                 "occupancy": "0.7142857"}),
        # Bronson, Operations Research (1982), problem 24.6: 300 a year, 2 days each; here in days
        (3, 300 / 182.5, 2.0, 0.0, {"mean_wait": "0.43"}),
        # Stevenson, Operations Management, table of the mean number waiting (one arrival a second: also the mean wait)
        (3, 2.0, 2.0, 0.0, {"mean_wait": "0.889"}),
        # Hillier and Lieberman, Introduction to Operations Research, County Hospital: 2 an hour, 20 minutes each
        (2, 2 / 3, 20.0, 60.0, {"waiting": "0.167", "late": "0.003", "mean_wait": "2.5"}),
        # Mandelbaum and Zeltyn, The Palm/Erlang-A Queue (2005), introduction: 48 calls a minute, 1 minute each
        (50, 48.0, 60.0, 58.1, {"late": "0.10", "mean_wait": "20.8", "occupancy": "0.96"}),
    ],
)  # fmt: skip
def test_published_values_of_erlang_c(
    agents: int, load: float, handling: float, within: float, printed: dict[str, str]
) -> None:
    found = erlang_c(agents, load, handling, within)
    assert {name: _printed(found, name, value) for name, value in printed.items()} == printed


@pytest.mark.parametrize(
    ("agents", "load", "handling", "patience", "printed"),
    [
        # Mandelbaum and Zeltyn, as above, with a patience of 2 minutes
        (50, 48.0, 60.0, 120.0, {"abandoned": "0.031", "mean_wait": "3.7", "occupancy": "0.93"}),
        # callers as patient as calls are long: who finds n others waits, and their number is Poisson. The cumulative
        # Poisson table of any statistics book: at most 13 of 10 on average 0.864, at most 9 0.458; at most 7 of 5 0.867
        (14, 10.0, 180.0, 180.0, {"not waiting": "0.864"}),
        (10, 10.0, 180.0, 180.0, {"not waiting": "0.458"}),
        (8, 5.0, 180.0, 180.0, {"not waiting": "0.867"}),
    ],
)  # fmt: skip
def test_published_values_of_erlang_a(
    agents: int, load: float, handling: float, patience: float, printed: dict[str, str]
) -> None:
    found = erlang_a(agents, load, handling, 20.0, patience)
    assert {name: _printed(found, name, value) for name, value in printed.items()} == printed


def _printed(found: QueueOutcome, name: str, like: str) -> str:
    """A figure with as many digits as the source prints; `late` are all who are not answered within the limit."""
    left = {"late": lambda: 1 - found.in_time, "not waiting": lambda: 1 - found.waiting}
    value = left[name]() if name in left else getattr(found, name)
    return f"{float(value):.{len(like.partition('.')[2])}f}"


@given(AGENTS, st.fractions(Fraction(1, 100), 300, max_denominator=1000))
def test_b_and_c_agree_with_exact_fractions(agents: int, load: Fraction) -> None:
    exact = _exact_b(agents, load)
    if exact > Fraction(1, 10**290):
        assert _error(float(erlang_b(agents, float(load))), exact) <= 1e-12
    if agents > load + Fraction(1, 100):
        waiting = agents * exact / (agents - load * (1 - exact))
        if waiting > Fraction(1, 10**290):
            assert _error(float(erlang_c(agents, float(load), 180, 20).waiting), waiting) <= 1e-10


@pytest.mark.parametrize("agents", [1, 14, 600, 1500])
@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(9, 10)])
def test_a_whole_load_is_exact_to_twelve_digits(agents: int, share: Fraction) -> None:
    load = Fraction(float(agents * share))
    exact = _exact_b(agents, load)
    waiting = agents * exact / (agents - load * (1 - exact))
    assert _error(float(erlang_b(agents, float(load))), exact) <= 1e-12
    assert _error(float(erlang_c(agents, float(load), 180, 20).waiting), waiting) <= 1e-12


@given(st.integers(1, 60), st.floats(0.05, 90), st.floats(20, 900), st.floats(5, 900))
def test_a_agrees_with_the_chances_of_all_states(agents: int, load: float, handling: float, patience: float) -> None:
    found = erlang_a(agents, load, handling, 20, patience)
    waiting, abandoned, answered_wait = _states(agents, load, handling, patience)
    assert float(found.waiting) == pytest.approx(waiting, rel=1e-9, abs=1e-15)
    assert float(found.abandoned) == pytest.approx(abandoned, rel=1e-9, abs=1e-12)
    assert float(found.mean_answered_wait) == pytest.approx(answered_wait, rel=1e-8, abs=1e-9)
    assert float(found.mean_wait) == pytest.approx(float(found.abandoned) * patience)


def test_a_large_centre_has_no_underflow() -> None:
    """600 agents with 600 Erlang and 300 seconds of patience: a sum that starts at exp(-600) loses those who wait."""
    found = erlang_a(600, 600, 300, 300, 300)
    waiting, abandoned, _ = _states(600, 600.0, 300.0, 300.0)
    assert float(found.waiting) == pytest.approx(waiting, rel=1e-9)
    assert float(found.in_time) == pytest.approx(1 - abandoned, rel=1e-6)


@pytest.mark.parametrize("load", [50_000.0, 99_000.0, 100_000.0, 250_000.0])
def test_a_hundred_thousand_agents_are_computed(load: float) -> None:
    lost = erlang_b(100_000, load)
    met = erlang_a(100_000, load, 180, 20, 120)
    assert 0 <= float(lost) <= 1
    assert max(0.0, 1 - 100_000 / load) - 1e-12 <= float(met.abandoned) <= float(lost) + 1e-12
    assert np.isfinite([float(met.mean_wait), float(met.mean_answered_wait), float(met.in_time)]).all()


def test_overload_is_the_same_by_terms_and_by_the_fluid() -> None:
    by_terms, as_fluid = (erlang_a(agents, 2 * agents, 60, 10, 60) for agents in (15_000, 25_000))
    for found in (by_terms, as_fluid):
        assert float(found.abandoned) == pytest.approx(0.5, abs=1e-9)
        assert float(found.mean_answered_wait) == pytest.approx(60 * np.log(2), rel=1e-3)


@given(st.floats(1, 50), LOADS)
def test_a_part_of_an_agent_lies_between(agents: float, load: float) -> None:
    below, above = float(erlang_b(np.floor(agents), load)), float(erlang_b(np.ceil(agents), load))
    assert above * (1 - 1e-12) <= float(erlang_b(agents, load)) <= below * (1 + 1e-12)


@given(st.floats(0, 1), st.floats(29.99, 30.01))
def test_a_part_of_an_agent_is_the_same_by_both_ways(part: float, load: float) -> None:
    """Below and above the load at which the way changes."""
    here, there = float(erlang_b(part, 29.99)), float(erlang_b(part, 30.01))
    assert min(here, there) - 1e-9 <= float(erlang_b(part, load)) <= max(here, there) + 1e-9


@given(AGENTS, LOADS, TIMES, st.floats(0, 600), TIMES)
def test_more_agents_never_lengthen_the_wait(
    agents: int, load: float, handling: float, within: float, patience: float
) -> None:
    def is_better(more: QueueOutcome, fewer: QueueOutcome) -> bool:
        return bool(
            more.waiting <= fewer.waiting + 1e-12
            and more.in_time >= fewer.in_time - 1e-9
            and more.mean_wait <= fewer.mean_wait + 1e-9
            and more.abandoned <= fewer.abandoned + 1e-12
        )

    assert is_better(erlang_c(agents + 1, load, handling, within), erlang_c(agents, load, handling, within))
    assert is_better(
        erlang_a(agents + 1, load, handling, within, patience), erlang_a(agents, load, handling, within, patience)
    )


@given(st.integers(1, 100), st.floats(0.05, 0.9), st.floats(30, 600))
def test_endless_patience_is_erlang_c(agents: int, share: float, handling: float) -> None:
    patient = erlang_a(agents, agents * share, handling, 20, 1e7)
    never = erlang_c(agents, agents * share, handling, 20)
    assert float(patient.waiting) == pytest.approx(float(never.waiting), rel=1e-2, abs=1e-9)
    assert float(patient.in_time) == pytest.approx(float(never.in_time), abs=1e-2)


def test_what_nobody_calls_needs_nobody() -> None:
    for found in (erlang_c(0, 0, 60, 20), erlang_a(0, 0, 60, 20, 60)):
        assert (float(found.waiting), float(found.in_time), float(found.mean_wait)) == (0, 1, 0)
        assert float(found.occupancy) == 0


def test_without_agents_everybody_waits_until_they_hang_up() -> None:
    alone = erlang_a(0, 3, 60, 20, 90)
    assert float(alone.waiting) == float(alone.abandoned) == pytest.approx(1)
    assert float(alone.mean_wait) == pytest.approx(90)
    assert float(alone.in_time) == pytest.approx(0, abs=1e-12)


def test_arrays_are_broadcast() -> None:
    found = erlang_a(np.arange(1, 5)[:, None], np.array([1.0, 2.0, 3.0]), 180, 20, 120)
    assert found.waiting.shape == (4, 3)
    assert float(found.in_time[2, 1]) == pytest.approx(float(erlang_a(3, 2, 180, 20, 120).in_time), rel=1e-14)


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_input_that_is_no_load_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        erlang_b(3, wrong)
    with pytest.raises(ValueError, match="handling time"):
        erlang_c(3, 1, 0, 20)
    with pytest.raises(ValueError, match="patience"):
        erlang_a(3, 1, 60, 20, 0)
