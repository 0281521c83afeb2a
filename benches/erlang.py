"""Agents for a target in 20,000 intervals, by Erlang C and A, beside pyworkforce; precision beside exact values.

Intervals of 15 minutes with 11.3 Erlang on average, 80 percent in 20 seconds; Erlang A with two minutes of patience and
at most 10 percent abandoned. The peer computes 200 of them (40 by Erlang A), one at a time as it does, in the same run.
Erlang C is held against exact fractions. Erlang A of a large centre is held against the chances of all numbers of
callers; the peer is asked the same, because its sum underflows there.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from fractions import Fraction
from time import perf_counter

import numpy as np
import pyworkforce.queuing as peers
from numpy.typing import NDArray

from benches import _erlang_peer
from indgang.staffing.erlang import erlang_a, erlang_c
from indgang.staffing.need import ServiceTarget, agents_for

HANDLING, WITHIN, PATIENCE = 180.0, 20.0, 120.0
ASKED_OF_PEER, ASKED_BY_A = 200, 40
#: a centre in which nobody waits as long as the limit: whoever does not hang up is answered in time
LARGE, LARGE_TIME = 600, 300.0


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--intervals", type=int, default=20_000)
    chosen = options.parse_args()
    loads = np.random.default_rng(11).gamma(3.0, 11.3 / 3, chosen.intervals)
    by_c, by_a = ServiceTarget(in_time=0.8, within=WITHIN), ServiceTarget(in_time=0.8, within=WITHIN, abandoned=0.1)
    peer, theirs = _peer(loads[:ASKED_OF_PEER])
    ours = _each(lambda: agents_for(loads, HANDLING, by_c), loads)
    _figure("erlang_c_us", ours, "us for a requirement", "ratio <= 0.0333", "pyworkforce", peer)
    _figure("disagreements", _disagreements(loads[:ASKED_OF_PEER], theirs), f"of {ASKED_OF_PEER}", "<= 0")
    peer_a = _erlang_peer.microseconds(loads[:ASKED_BY_A].tolist(), handling=HANDLING, within=WITHIN, patience=PATIENCE)
    ours_a = _each(lambda: agents_for(loads, HANDLING, by_a, PATIENCE), loads)
    if peer_a is None:
        _figure("erlang_a_us", ours_a, "us for a requirement; its peer cannot be fetched", "none")
    else:
        named = f"pyworkforce {_erlang_peer.RELEASE}"
        _figure("erlang_a_us", ours_a, "us for a requirement", "ratio <= 0.001", named, peer_a)
    _figure("largest_error", _largest_error(), "relative, beside exact fractions", "<= 1e-12")
    _a_large_centre()


def _each(ask: Callable[[], object], loads: NDArray[np.float64]) -> float:
    """Microseconds for one interval: the median of 7, after one that is not counted."""
    times = []
    for _ in range(8):
        begun = perf_counter()
        ask()
        times.append(perf_counter() - begun)
    return statistics.median(times[1:]) / len(loads) * 1e6


def _peer(loads: NDArray[np.float64]) -> tuple[float, list[int]]:
    begun = perf_counter()
    found = [
        peers.ErlangC(
            transactions=load * 15 / (HANDLING / 60), aht=HANDLING / 60, asa=WITHIN / 60, interval=15, shrinkage=0.0
        ).required_positions(service_level=0.8)["raw_positions"]
        for load in loads
    ]
    return (perf_counter() - begun) / len(loads) * 1e6, found


def _disagreements(loads: NDArray[np.float64], theirs: list[int]) -> int:
    """Where the peer needs fewer, or more though ours suffices. The peer never tries the next whole number above a
    load whose fraction exceeds one half, so more of it is no disagreement when ours meets the target."""
    target = ServiceTarget(in_time=0.8, within=WITHIN)
    ours = agents_for(loads, HANDLING, target)
    suffices = target.is_met(erlang_c(ours, loads, HANDLING, WITHIN))
    return int((~suffices | (ours > np.asarray(theirs))).sum())


def _largest_error() -> float:
    """Of the share waiting with 1 to 600 agents at 90 percent of the load they can carry."""
    worst = 0.0
    for agents in (1, 5, 14, 60, 200, 600):
        load = Fraction(agents * 0.9)
        inverse = Fraction(1)
        for k in range(1, agents + 1):
            inverse = 1 + k / load * inverse
        exact = agents / ((agents - load) * inverse + load)
        found = Fraction(float(erlang_c(agents, float(load), HANDLING, WITHIN).waiting))
        worst = max(worst, float(abs(found - exact) / exact))
    return worst


def _a_large_centre() -> None:
    """How far the share answered in time is off with 600 agents and 600 Erlang, and how far the peer's is."""
    exact = 1 - _abandoned(LARGE, float(LARGE), LARGE_TIME, LARGE_TIME)
    ours = float(erlang_a(LARGE, LARGE, LARGE_TIME, LARGE_TIME, LARGE_TIME).in_time)
    said = _erlang_peer.service_level(LARGE, float(LARGE), handling=LARGE_TIME, within=LARGE_TIME, patience=LARGE_TIME)
    peer = ("", 0.0) if said is None else (f"pyworkforce {_erlang_peer.RELEASE}", abs(said - exact) / exact)
    _figure(
        "erlang_a_600_error", abs(ours - exact) / exact, "relative, beside the chances of all states", "<= 1e-6", *peer
    )


def _abandoned(agents: int, load: float, handling: float, patience: float) -> float:
    """The share of callers who hang up, from the chances of all numbers of callers, each from the one before."""
    chances = [1.0]
    while len(chances) <= agents or chances[-1] > 1e-18 * max(chances):
        callers = len(chances)
        leaving = min(callers, agents) / handling + max(0, callers - agents) / patience
        chances.append(chances[-1] * load / handling / leaving)
    waiting = sum(number * chance for number, chance in enumerate(chances[agents:]))
    return waiting / sum(chances) / patience / (load / handling)


def _figure(name: str, value: float, unit: str, goal: str, peer: str = "", peer_value: float = 0.0) -> None:
    line: dict[str, object] = {"bench": "erlang", "figure": name, "value": value, "unit": unit, "goal": goal}
    if peer:
        line |= {"peer": peer, "peer_value": round(peer_value, 3), "ratio": value / peer_value}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
