"""Ten million enquiries classified by the rules of the documents, beside the same rules in pandas in the same run.

The peer writes each rule as a mask and numbers the rows with it, as an analyst would. Both have the same columns in
memory; they must agree on every row. Pandas comes with pyworkforce.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.presets import TMF
from indgang.analysis.potential.rules import PURPOSES


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    number = options.parse_args().rows
    rows = _drawn(number)
    frame = pd.DataFrame({"mark": rows.mark, "purpose": rows.purpose, "minutes": rows.minutes})
    ours = _seconds(lambda: classify(TMF, rows), 5)
    theirs = _seconds(lambda: _by_masks(frame), 2)
    _figure("rows_per_second", number / ours, "1/s", ">= 1000000", number / theirs)
    _figure("disagreements", float((classify(TMF, rows).rule != _by_masks(frame)).sum()), "rows", "<= 0")


def _drawn(number: int) -> EnquiryColumns:
    chance = np.random.default_rng(10)
    minutes = np.round(chance.gamma(1.5, 4.0, number)).astype(np.float32)
    mark, purpose, resolved, topic = (
        chance.integers(0, most, number, dtype=np.int8) for most in (2, len(PURPOSES), 2, 3)
    )
    return EnquiryColumns(mark, purpose, resolved, topic, minutes)


def _by_masks(frame: Any) -> Any:
    """The rules of table 10-G, as masks of columns."""
    general, minutes = frame["mark"] == 0, frame["minutes"]
    anyway = frame["purpose"].isin([PURPOSES.index(each) for each in ("vejledning", "forslag")])
    status = frame["purpose"].isin([PURPOSES.index(each) for each in ("status", "klage")])
    found = pd.Series(6, index=frame.index, dtype="uint8")
    found[general & (minutes < 3)] = 0
    found[general & (minutes >= 3)] = 1
    found[~general & anyway & (minutes < 3)] = 2
    found[~general & anyway & (minutes >= 3)] = 3
    found[~general & status & (minutes < 15)] = 4
    found[~general & status & (minutes >= 15)] = 5
    return found.to_numpy()


def _seconds(ask: Callable[[], object], times: int) -> float:
    """The median, after one that is not counted."""
    taken = []
    for _ in range(times + 1):
        begun = perf_counter()
        ask()
        taken.append(perf_counter() - begun)
    return statistics.median(taken[1:])


def _figure(name: str, value: float, unit: str, goal: str, peer: float = 0.0) -> None:
    line: dict[str, object] = {
        "bench": "potential",
        "figure": name,
        "value": round(value, 1),
        "unit": unit,
        "goal": goal,
    }
    if peer:
        line |= {"peer": "pandas", "peer_value": round(peer, 1), "ratio": round(value / peer, 2)}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
