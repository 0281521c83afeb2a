"""Monte Carlo of BC31 with 10,000 runs, beside the same case in a plain loop over runs in the same process."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from time import perf_counter

from indgang.programme.cases import evaluation, uncertainty
from indgang.programme.cases.library import shipped

#: runs that the loop computes; its time is scaled up
LOOPED = 200


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=uncertainty.RUNS)
    chosen = options.parse_args()
    case = shipped("bc31")
    ours = _median(lambda: uncertainty.simulate(case, seed=1, runs=chosen.runs))
    drawn = uncertainty.simulate(case, seed=1, runs=LOOPED)
    begun = perf_counter()
    for number in range(LOOPED):
        evaluation.table(case, given={"fte": 8 + 3 * number / LOOPED})
    loop = (perf_counter() - begun) / LOOPED * chosen.runs
    line = {"bench": "businesscase", "figure": "monte_carlo_s", "value": round(ours, 4), "unit": "s", "goal": "<= 1"}
    line |= {"runs": chosen.runs, "assumptions": len(drawn.drawn)}
    line |= {"peer": "one run at a time", "peer_value": round(loop, 3), "ratio": round(ours / loop, 5)}
    print(json.dumps(line), flush=True)


def _median(ask: Callable[[], object]) -> float:
    """Seconds: the median of 7, after one that is not counted."""
    times = []
    for _ in range(8):
        begun = perf_counter()
        ask()
        times.append(perf_counter() - begun)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
