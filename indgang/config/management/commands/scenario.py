"""`indgang scenario list`: the what-ifs that are kept. `show 3` prints one with its newest run.

`run one-number --set volume=10` computes a centre of the documents with changes and keeps nothing; `run 3 --set
volume=10 --by gerda` computes scenario 3 as its newest run was, with that change, and keeps the result. The names,
units and limits of changes are those of the page; `--simulate` plays it too, and the worker plays a long one.
`make FILE --by gerda` makes a new one from a JSON object like that of `POST /api/scenarios/`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.accounts.access import permissions_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.planning import make_scenario
from indgang.config import acting
from indgang.core import clock, compiled
from indgang.core.refusals import RefusedChange
from indgang.planning import assumptions, bases, scenario_listing, scenario_options, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.rights import PLANNERS, scenarios_seen
from indgang.planning.scenario_making import SHIPPED
from indgang.planning.storing import base_of, changes_of
from indgang.staffing.need import Impossible
from indgang.staffing.twin.scenario import BadScenario


class Command(BaseCommand):
    help = "what-ifs: list, show and run them"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        every = actions.add_parser("list", help="the open scenarios by their newest runs")
        show = actions.add_parser("show", help="one scenario with its newest run")
        show.add_argument("scenario", type=int, help="number of a scenario")
        show.add_argument("--run", type=int, help="an earlier run")
        run = actions.add_parser("run", help="compute a scenario with other changes")
        run.add_argument("scenario", help=f"number of a scenario, or one of {', '.join(SHIPPED)}: nothing is kept")
        run.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help=", ".join(scenario_options.NAMES)
        )
        run.add_argument("--simulate", action="store_true", help="play it too")
        run.add_argument("--by", metavar="USERNAME", help="who keeps the run: somebody who plans and sees the scenario")
        make = actions.add_parser("make", help="make a scenario")
        make.add_argument("file", type=Path, help="JSON as for POST /api/scenarios/")
        make.add_argument("--by", metavar="USERNAME", help="whose it is: somebody who plans")
        for each in (every, show, run, make):
            each.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("simulate") and (remark := compiled.remark()):
            self.stderr.write(remark)
        with translation.override("en"):
            found = _ACTIONS[options["action"]](options)
            lines = _list_lines(found) if options["action"] == "list" else _lines(found)
            text = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(lines)
        self.stdout.write(text)


def _list(options: Mapping[str, Any]) -> dict[str, Any]:
    shown = list(Scenario.objects.filter(closed_at=None))
    return {"scenarios": [scenarios.estimate(each).as_data() for each in scenarios.newest_runs(shown)]}


def _show(options: Mapping[str, Any]) -> dict[str, Any]:
    return scenario_listing.of_run(_run_of(Scenario.objects.all(), options["scenario"], options["run"]))


def _make(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    try:
        made = make_scenario(person, acting.body(options["file"]), clock.now())
    except RefusedChange as refusal:
        raise CommandError(str(refusal), returncode=3) from refusal
    return scenario_listing.of_run(_run_of(scenarios_seen(person), made.pk))


def _run_of(seen: Any, number: int, run: int | None = None) -> ScenarioRun:
    rows = ScenarioRun.objects.filter(scenario__in=seen.filter(pk=number)) if 0 < number < 2**63 else None
    found = None if rows is None else rows.select_related("scenario").filter(**({"number": run} if run else {})).first()
    if found is None:
        raise CommandError(f"There is no scenario {number}{f' with run {run}' if run else ''}.", returncode=2)
    return found


def _compute(options: Mapping[str, Any]) -> dict[str, Any]:
    code, given = options["scenario"], _given(options["set"])
    try:
        if code in SHIPPED:
            base = bases.shipped(code, assumptions.on(clock.today()))
            changes = scenario_options.changed(base, bases.first_changes(code), given)
            return scenario_listing.computed(code, base, changes, is_simulated=options["simulate"])
        if not (code.isascii() and code.isdigit()):
            raise CommandError(f"give the number of a scenario, or one of {', '.join(SHIPPED)}", returncode=2)
        return _kept(int(code), given, _planner(options["by"]), is_simulated=options["simulate"])
    except (Impossible, BadScenario) as error:
        raise CommandError(str(error), returncode=2) from error
    except RefusedChange as refusal:
        raise CommandError(str(refusal), returncode=3) from refusal


def _given(texts: Sequence[str]) -> dict[str, Any]:
    found = {}
    for each in texts:
        name, sign, text = each.partition("=")
        try:
            found[name] = scenario_options.read(name, text if sign else "")
        except Impossible as error:
            raise CommandError(f"--set {each}: {error}", returncode=2) from error
    return found


def _planner(username: str | None) -> Person:
    if not username:
        raise CommandError("say with --by who keeps the run", returncode=2)
    found: Person | None = Person.objects.filter(username=username.replace("\0", ""), is_active=True).first()
    if found is None or not permissions_of(found) & set[Permission](PLANNERS):
        raise CommandError(f"{username} does not plan", returncode=3)
    return found


def _kept(number: int, given: Mapping[str, Any], person: Person, *, is_simulated: bool) -> dict[str, Any]:
    newest = _run_of(scenarios_seen(person), number)
    changes = scenario_options.changed(base_of(newest.scenario.base), changes_of(newest.changes), given)
    made = scenarios.run_whole(newest.scenario, changes, is_simulated=is_simulated, by=person, at=clock.now())
    return scenario_listing.of_run(_run_of(scenarios_seen(person), number, made.number))


_ACTIONS = {"list": _list, "show": _show, "run": _compute, "make": _make}


# --- In words ------------------------------------------------------------------------------------


def _list_lines(found: Mapping[str, Any]) -> Iterator[str]:
    for each in found["scenarios"]:
        people = f"{each['fte_today']:>6.1f} -> {each['fte']:>6.1f} FTE, changes alone {each['fte_effect']:>+6.1f}"
        yield f"{each['scenario']:>4}  {people}  {each['name']}"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    if "name" in found:
        yield f"{found['name']}, run {found['run']}"
    yield f"{'':10}{'FTE':>8}{'kroner':>14}{'in time':>9}{'mean wait':>11}{'hang up':>9}{'occupancy':>11}"
    for side in [each for each in ("today", "reference", "other") if found["result"][each]]:
        total = found["result"][side]["total"]
        kroner = "" if total["kroner"] is None else f"{float(total['kroner']['value']):,.0f}"
        values = {
            name: float(total[name]["value"]) for name in ("fte", "in_time", "mean_wait", "abandoned", "occupancy")
        }
        yield (
            f"{side:10}{values['fte']:>8.1f}{kroner:>14}{values['in_time']:>9.1%}{values['mean_wait']:>9.0f} s"
            f"{values['abandoned']:>9.1%}{values['occupancy']:>11.1%}"
        )
    yield f"the changes alone: {found['fte_effect']:+.1f} FTE"
    yield from found["remarks"]
    if found.get("simulation") == ScenarioRun.Simulation.WAITING:
        yield f"the worker simulates it; see: indgang scenario show {found['scenario']} --run {found['run']}"
    yield from _simulated(found["simulated"])


def _simulated(played: Mapping[str, Any] | None) -> Iterator[str]:
    if played is None:
        return
    shown = [each for each in ("today", "reference", "other") if each in played]
    yield f"{'simulated':18}" + "".join(f"{each:>22}" for each in (*shown, "difference"))
    for name in ("service_level", "mean_wait", "abandoned_share", "occupancy"):
        sides = [*(played[each]["all"][name] for each in shown), played["difference"][name]]
        yield f"  {name:16}" + "".join(f"{_estimated(each):>22}" for each in sides)


def _estimated(each: Mapping[str, float | None]) -> str:
    if each["mean"] is None:
        return "none"
    return f"{each['mean']:.3f}" + ("" if each["half_width"] is None else f" ± {each['half_width']:.3f}")
