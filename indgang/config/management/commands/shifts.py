"""`indgang shifts FILE`: a shift plan for the people and need of a JSON file (docs/algorithms/shifts.md).

It shows progress while it works; Ctrl-C stops it with the best plan so far. With `--run` it carries out a run that a
planner has ordered on the page: the worker starts it as a process of its own, so that no other job waits for it.
`--plan` prints a plan, as `indgang plans` does.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import acting
from indgang.config.management.commands.plans import plan_lines
from indgang.core import clock
from indgang.staffing.shifts import wire
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.staffing.shifts.runner import SolverFailed, SolverRun
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import listing, running

#: the longest run, in seconds
_LONGEST = 3_600


class Command(BaseCommand):
    help = "A shift plan for the people and need of a JSON file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="JSON, as docs/algorithms/shifts.md describes it")
        parser.add_argument("--seconds", type=float, default=40.0, help="stop after so many seconds")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--repair", action="store_true", help="change the plan that exists as little as possible")
        parser.add_argument("--run", type=int, metavar="NUMBER", help="carry out an ordered run; used by the worker")
        parser.add_argument("--plan", type=int, metavar="NUMBER", help="print a plan with its shifts")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run"] is not None:
            running.carry_out(options["run"], clock.now)
            return
        if options["plan"] is not None:
            self._print_plan(options["plan"], as_json=options["json"])
            return
        if options["file"] is None:
            raise CommandError("name a file", returncode=2)
        given = _read(options["file"])
        if not 0 < options["seconds"] <= _LONGEST:
            raise CommandError(f"--seconds is above 0 and at most {_LONGEST}", returncode=2)
        try:
            problem = wire.read_problem(given)
            with SolverRun(
                problem, date.fromisoformat(given["first"]), seconds=options["seconds"], seed=options["seed"],
                repair=options["repair"],
            ) as run:  # fmt: skip
                answer = self._follow(run)
        except (UnusableProblem, SolverFailed) as error:
            raise CommandError(str(error), returncode=2) from error
        self._print(answer, as_json=options["json"])

    def _print_plan(self, number: int, *, as_json: bool) -> None:
        row = ShiftPlan.objects.select_related("follows").filter(pk=number).first() if 0 < number < 2**63 else None
        if row is None:
            raise CommandError(f"there is no plan {number}", returncode=2)
        try:
            found = listing.whole_plan(row, clock.now())
        except UnusableProblem as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(acting.printed(found, plan_lines, as_json=as_json))

    def _follow(self, run: SolverRun) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        lines = run.lines()
        while True:
            try:
                for answer in lines:
                    if answer["kind"] == "progress":
                        self.stderr.write(_progress(answer))
                return answer
            except KeyboardInterrupt:
                run.stop()

    def _print(self, answer: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if answer["kind"] == "conflict":
            rules = ", ".join(answer["rules"])
            raise CommandError(f"no plan keeps these rules for {answer['person']}: {rules}", returncode=3)
        if not as_json:
            for key, shifts in answer["plan"].items():
                spans = (f"{each['start'][:16]}-{each['end'][11:16]}" for each in shifts)
                self.stdout.write(f"{key}: {', '.join(spans)}")
            self.stdout.write(_progress(answer | {"cost": answer["cost"]["total"]}))


def _read(path: Path) -> dict[str, Any]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
    if not isinstance(given, dict):
        raise CommandError(f"{path} holds no JSON object", returncode=2)
    return given


def _progress(line: dict[str, Any]) -> str:
    gap = "" if line["gap"] is None else f", {100 * line['gap']:.1f} % over the bound"
    return f"{line['seconds']:.1f} s: cost {line['cost']:.0f}{gap}"
