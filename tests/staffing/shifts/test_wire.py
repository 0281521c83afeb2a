"""Questions as JSON, and the solver's own process."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indgang.staffing.shifts import wire
from indgang.staffing.shifts.problem import DAY, UnusableProblem
from indgang.staffing.shifts.runner import SolverRun
from tests.staffing.shifts.small import FIRST, PHONE, PLACE, person, shift, week

FILE: dict[str, Any] = {
    "first": "2026-03-02", "days": 7,
    "people": [{"key": "anna", "week_hours": 37, "weekends_off": 0}, {"key": "bo", "week_hours": 30, "earliest": 480}],
    "need": [
        {"workplace": "hall", "activity": "phone", "day": f"2026-03-0{day}", "from": "08:00", "people": [1] * 32}
        for day in range(2, 7)
    ],
}  # fmt: skip
ANNA = {"key": "anna", "week_hours": 37}
WISH = {"kind": "free", "day": "2026-03-03"}


def test_a_problem_comes_back_as_it_was_written() -> None:
    problem = week(
        person("a", absences=((0, 4),), after=(shift(7 * DAY + 32),)), person("b", workplaces=frozenset({PLACE}))
    )
    written = json.loads(json.dumps(wire.write_problem(problem, FIRST)))
    assert wire.read_problem(written) == problem


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first": "yesterday"}, "isoformat"),
        ({"days": 0}, "1 to 63 days"),
        ({"days": 10**9}, "1 to 63 days"),
        ({"people": [{"week_hours": 37}]}, "field key is missing"),
        ({"people": [{"key": "a", "week_hours": -1}]}, "0 to 60 hours"),
        ({"people": [{"key": "a", "week_hours": "nan"}]}, "0 to 60 hours"),
        ({"people": [{"key": "a", "week_hours": 37, "salary": 1}]}, "no field salary"),
        ({"people": [{"key": "a", "week_hours": 37}] * 2}, "there twice"),
        ({"people": [{"key": "a", "week_hours": 37, "earliest": 481}]}, "not 481 minutes"),
        ({"need": [FILE["need"][0] | {"people": [-1]}]}, "from 0 to 5000 people"),
        ({"need": [FILE["need"][0] | {"day": "2026-04-01"}]}, "outside the plan"),
        ({"need": [FILE["need"][0] | {"people": [1] * 90}]}, "beyond the day"),
        ({"days": 7.5}, "days is a whole number, not 7.5"),
        ({"people": [ANNA | {"days_a_week": 4.7}]}, "days_a_week is a whole number, not 4.7"),
        ({"people": [ANNA | {"days_a_week": 8}]}, "days_a_week of anna is from 0 to 7, not 8"),
        ({"people": [ANNA | {"weekends_off": 9}]}, "weekends_off of anna is from 0 to 4, not 9"),
        ({"people": [ANNA | {"off_phone_share": 7}]}, "off_phone_share of anna is from 0 to 1, not 7"),
        ({"people": [ANNA | {"slack_hours": math.nan}]}, "slack_hours of anna is from 0 to 10000, not nan"),
        ({"people": [ANNA | {"credit": -1}]}, "credit of anna is from 0 to 10000, not -1"),
        ({"people": [ANNA | {"latest": 1500}]}, "latest of anna is from 0 to 24 hours, not 25"),
        ({"people": [ANNA | {"shortest": -60}]}, "shortest of anna is from 0.25 to 24 hours, not -1"),
        ({"people": [ANNA | {"wishes": [WISH | {"weight": 2.9}]}]}, "weight is a whole number, not 2.9"),
        ({"people": [ANNA | {"wishes": [WISH | {"kind": "nap"}]}]}, "free, early or late"),
        ({"people": [ANNA | {"wishes": [WISH | {"day": "2026-04-01"}]}]}, "outside the plan"),
        ({"need": [FILE["need"][0] | {"from": "08:07"}]}, "such as 08:15, not 08:07"),
        ({"rules": {"rest": -660}}, "rest is from 0 to 168 hours, not -11"),
        ({"rules": {"week_hours": math.nan}}, "week_hours is from 0 to 168, not nan"),
        ({"rules": {"days_in_seven": 5.9}}, "days_in_seven is a whole number, not 5.9"),
        ({"rules": {"start_step": 0}}, "start_step is from 0.25 to 24 hours, not 0"),
        ({"prices": {"paid": -3}}, "price paid"),
        ({"rules": {"rset": 3}}, "no rule or price rset"),
        ({"kinds": {"phone": "dancing"}}, "dancing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableProblem, match=words):
        wire.read_problem(FILE | change)


def test_the_command_prints_a_plan_with_bound_and_gap(tmp_path: Path) -> None:
    path = tmp_path / "week.json"
    path.write_text(json.dumps(FILE))
    out = StringIO()
    call_command("shifts", str(path), "--json", "--seconds", "2", stdout=out, stderr=StringIO())
    answer = json.loads(out.getvalue())
    assert answer["breaches"] == []
    assert answer["bound"] <= answer["cost"]["total"]
    assert answer["gap"] == pytest.approx(answer["cost"]["total"] / answer["bound"] - 1)
    assert set(answer["plan"]) == {"anna", "bo"}


def test_rules_in_conflict_end_the_command_with_their_names(tmp_path: Path) -> None:
    path = tmp_path / "week.json"
    path.write_text(json.dumps(FILE | {"people": [{"key": "anna", "week_hours": 37, "days_a_week": 1}]}))
    with pytest.raises(CommandError, match="for anna: contract, days_a_week"):
        call_command("shifts", str(path), stdout=StringIO(), stderr=StringIO())


def test_a_solver_that_is_stopped_gives_the_best_plan_so_far() -> None:
    people = [person(f"p{each}") for each in range(8)]
    with SolverRun(week(*people, needed=4, days=7), FIRST, seconds=600) as run:
        kinds = []
        for line in run.lines():
            kinds.append(line["kind"])
            run.stop()
    assert kinds[-1] == "answer"
    assert set(line["plan"]) == {each.key for each in people}
    assert line["breaches"] == []
    assert {part["activity"] for part in line["plan"]["p0"][0]["parts"]} <= {PHONE, ""}
