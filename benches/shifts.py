"""A shift plan for 60 people, four weeks, quarters of an hour: how far over the bound after a time, all rules kept.

Open from 7 to 22, a need with two peaks that 60 people just cover, shifts of 6, 7.5 and 8.5 hours with a break,
136 to 152 hours in four weeks, two of four weekends off. The peers are one plain model of the same question, with all
people and days, for CP-SAT and for HiGHS (`_plain_shifts`), in the same time. The longer run is behind `--long`:
`make bench NAME=shifts OPTIONS=--long`.

Then as many people with everything in the question (`_mixed_shifts`), and a plan of theirs that is repaired in a whole
installation after somebody is ill in the morning (`_repair`). `--only large` asks for 200 people at ten workplaces.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import date

import numpy as np
from numpy.typing import NDArray

from benches import _mixed_shifts, _plain_shifts, _repair
from indgang.staffing.shifts.problem import DAY, ShiftPerson, ShiftProblem, days_from
from indgang.staffing.shifts.runner import SolverRun

FIRST = date(2026, 2, 2)
#: of a week's days from Monday, as shares of an ordinary day
WEEK = (1.25, 1.1, 1.0, 1.0, 0.95, 0.55, 0.45)
#: the most people that a plan is asked for
_LARGE = 200
#: share of the contract's hours that the need takes
FILLED = 0.93


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=60)
    options.add_argument("--seconds", type=float, default=40.0)
    options.add_argument("--long", action="store_true", help="300 seconds as well")
    options.add_argument("--no-peer", action="store_true")
    options.add_argument("--only", choices=("alike", "mixed", "repair", "large"), help="one of the questions")
    chosen = options.parse_args()
    if chosen.only in (None, "alike"):
        _alike(chosen)
    if chosen.only in (None, "mixed"):
        _mixed(chosen.people, chosen.seconds)
    if chosen.only in (None, "repair"):
        _repaired(chosen.people, chosen.seconds)
    if chosen.only == "large":
        problem = _mixed_shifts.large_question(_LARGE, _course(28), FIRST)
        _solved(problem, chosen.seconds, "none: the bound joins all places into one", "large_")


def _alike(chosen: argparse.Namespace) -> None:
    problem = question(chosen.people)
    answer = _solved(problem, chosen.seconds, "<= 6 % over the bound")
    if chosen.long:
        _solved(problem, 300.0, "<= 3.5 % over the bound")
    else:
        _figure("over_bound_300s", None, "% over the bound; it takes OPTIONS=--long", "none: <= 3.5 with --long")
    for solver in () if chosen.no_peer else _plain_shifts.SOLVERS:
        peer = _plain_shifts.cost(solver, chosen.people, chosen.seconds)
        over = None if peer is None else round(100 * (peer / answer["bound"] - 1), 1)
        _figure(f"plain_{solver}", over, f"% over the bound in {chosen.seconds:g} s; null: no plan found", "none")


def _mixed(people: int, seconds: float) -> None:
    problem = _mixed_shifts.question(people, _course(28), FIRST)
    answer = _solved(problem, seconds, "none: the bound joins all places into one", "mixed_")
    needed, wished = sum(map(sum, problem.need.values())), sum(w.weight for p in problem.people for w in p.wishes)
    unmet = answer["wishes"] / problem.prices.wish
    _figure("mixed_missing", round(100 * answer["short"] / needed, 2), "% of the hours that are needed", "none")
    _figure("mixed_wishes", round(100 * (1 - unmet / wished), 1), "% of wishes met, by their weights", "none")


def _repaired(people: int, seconds: float) -> None:
    today = date.today().weekday()  # the shape of the need alone depends on it
    rows = _needed(people, 28, today).reshape(28, DAY)
    found = _repair.measured(dict(enumerate(rows.tolist())), people, seconds)
    _figure(
        "repair_seconds", round(found.seconds, 1),
        f"s from the order to a draft that can be published; the search may take {found.allowed}", "<= 60",
        fixed=float(found.allowed),
    )  # fmt: skip
    _figure("repair_picked_up", round(found.picked_up, 1), "s of these until the worker's process had begun", "none")
    _figure("repair_missing", found.missing, f"hours missing; {found.missing_before} with nobody instead", "none")
    _figure("repair_changed", float(found.changed), "people with other shifts, the one who is ill included", "none")


def question(people: int, days: int = 28) -> ShiftProblem:
    """A need with peaks at 10.30 and 15, scaled to the hours of the contracts."""
    everybody = tuple(ShiftPerson(f"p{each}", 36.0, activities=frozenset({"phone"})) for each in range(people))
    return ShiftProblem(days_from(FIRST, days), everybody, {("hall", "phone"): tuple(_needed(people, days).tolist())})


def _needed(people: int, days: int, first_weekday: int = 0) -> NDArray[np.float64]:
    need = _course(days, first_weekday)
    return np.asarray(np.round(need * people * 36 * days / 7 * 4 * FILLED / need.sum()))


def _course(days: int, first_weekday: int = 0, seed: int = 4) -> NDArray[np.float64]:
    """The shape of the need, quarter by quarter."""
    random = np.random.default_rng(seed)
    at = np.arange(DAY)
    peaks = 0.25 + np.exp(-(((at - 42) / 8) ** 2)) + 0.7 * np.exp(-(((at - 60) / 9) ** 2))
    profile = np.where((at >= 28) & (at < 88), peaks + 0.2 * np.exp(-(((at - 76) / 6) ** 2)), 0.0)
    each_day = [profile * WEEK[(first_weekday + day) % 7] * random.normal(1, 0.05) for day in range(days)]
    return np.concatenate(each_day)


def _solved(problem: ShiftProblem, seconds: float, goal: str, name: str = "") -> dict[str, float]:
    begun, first_six = time.perf_counter(), None
    with SolverRun(problem, FIRST, seconds=seconds) as run:
        for line in run.lines():
            if first_six is None and line["kind"] == "progress" and (line["gap"] or 1) <= 0.06:
                first_six = line["seconds"]
    assert line["kind"] == "answer", line
    assert not line["breaches"], line["breaches"]
    gap = round(100 * line["gap"], 2)
    broken = len(line["breaches"])
    elapsed = round(time.perf_counter() - begun, 1)
    _figure(f"{name}over_bound_{seconds:g}s", gap, "% over the bound", goal)
    _figure(f"{name}rules_broken_{seconds:g}s", broken, "rules broken, by the independent checker", "<= 0")
    _figure(f"{name}elapsed_{seconds:g}s", elapsed, "s, start of the process included", "none")
    if first_six is not None:
        _figure(f"{name}six_percent_{seconds:g}s", first_six, "s until 6 % over the bound", "none")
    return {"bound": line["bound"], **line["cost"]}


def _figure(name: str, value: float | None, unit: str, goal: str, **more: float) -> None:
    line = {"bench": "shifts", "figure": name, "value": value, "unit": unit, "goal": goal, **more}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
