"""`indgang scenario list`: the what-ifs that are kept. `show 3` prints one with its newest run.

`run one-number --set volume=10` computes a centre of the documents with changes and keeps nothing; `run 3 --set
volume=10 --by gerda` computes scenario 3 as its newest run was, with that change, and keeps the result. The names,
units and limits of changes are those of the page. `--file` reads them from a JSON object like that of
`POST /api/scenarios/3/runs/`, with what single queues, centres and the flow change. What the formulas cannot tell, and
with `--simulate` all else, is played too; the worker plays a long one.

`make FILE --by gerda` makes a new one from a JSON object like that of `POST /api/scenarios/`. `simulate`, `stop`,
`describe`, `close` and `hand-over` do what the buttons of the page do.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.accounts.access import permissions_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import bodies
from indgang.api import scenarios as api
from indgang.config import acting
from indgang.core import clock, compiled
from indgang.core.refusals import RefusedChange
from indgang.planning import assumptions, bases, scenario_exchange, scenario_listing, scenario_options, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.rights import PLANNERS, scenarios_owned, scenarios_seen
from indgang.planning.scenario_exchange import AskedChanges
from indgang.planning.scenario_making import SHIPPED
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
        run.add_argument("--file", type=Path, help="changes as JSON, as for POST /api/scenarios/3/runs/")
        run.add_argument("--simulate", action="store_true", help="play it too")
        run.add_argument("--by", metavar="USERNAME", help="who keeps the run: somebody who plans and sees the scenario")
        make = actions.add_parser("make", help="make a scenario")
        make.add_argument("file", type=Path, help="JSON as for POST /api/scenarios/")
        make.add_argument("--by", metavar="USERNAME", help="whose it is: somebody who plans")
        for each in (every, show, run, make, *_more(actions)):
            each.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"), _refusals():
            found = _ACTIONS[options["action"]](options)
            lines = _WORDS.get(options["action"], _lines)(found)
            text = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(lines)
        if options["action"] in _PLAYING and found["simulated"] and (remark := compiled.remark()):
            self.stderr.write(remark)
        self.stdout.write(text)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (Impossible, BadScenario, bodies.UnreadableBody) as error:
        raise CommandError(str(error), returncode=2) from error
    except RefusedChange as refusal:
        said = (f"{name}: {reason}" if name else str(reason) for name, reason in refusal.reasons.items())
        raise CommandError(" ".join(said), returncode=3) from refusal


def _more(actions: Any) -> Iterator[ArgumentParser]:
    """What the buttons of the page do."""
    for name, about in (
        ("simulate", "play a run"), ("stop", "stop the simulation of a run"), ("describe", "name it, and note on it"),
        ("close", "take it out of the list"), ("hand-over", "give the numbers of a run to a business case"),
    ):  # fmt: skip
        each = actions.add_parser(name, help=about)
        each.add_argument("scenario", type=int, help="number of a scenario")
        each.add_argument("--by", metavar="USERNAME", help="who does it")
        if name in ("simulate", "stop", "hand-over"):
            each.add_argument("--run", type=int, help="an earlier run")
        if name == "describe":
            each.add_argument("--name", required=True)
            each.add_argument("--note", help="stays as it is when left out")
        if name == "hand-over":
            each.add_argument("--case", default="", help="code of a case of one's own; a new one if left out")
            each.add_argument("--assumption", default="", help="an assumption of it in FTE")
        yield each


def _list(options: Mapping[str, Any]) -> dict[str, Any]:
    shown = list(Scenario.objects.filter(closed_at=None))
    return {"scenarios": [scenarios.estimate(each).as_data() for each in scenarios.newest_runs(shown)]}


def _show(options: Mapping[str, Any]) -> dict[str, Any]:
    return scenario_listing.of_run(_run_of(Scenario.objects.all(), options["scenario"], options["run"]))


def _make(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    made = api.make_scenario(person, acting.body(options["file"], api.OBJECTS, api.CAN_BE_NULL), clock.now())
    return _shown(person, made.pk)


def _compute(options: Mapping[str, Any]) -> dict[str, Any]:
    code, asked = options["scenario"], _asked(options)
    is_simulated = options["simulate"] or asked.is_simulated
    if code in SHIPPED:
        base = bases.shipped(code, assumptions.on(clock.today()))
        changes = scenario_exchange.changed(base, bases.first_changes(code), asked.changes)
        return scenario_listing.computed(code, base, changes, is_simulated=is_simulated)
    if not (code.isascii() and code.isdigit()):
        raise CommandError(f"give the number of a scenario, or one of {', '.join(SHIPPED)}", returncode=2)
    person = _planner(options["by"])
    newest = _run_of(scenarios_seen(person), int(code))
    made = api.run_changed(newest, asked.changes, is_simulated=is_simulated, by=person, at=clock.now())
    return _shown(person, int(code), made.number)


@dataclass(frozen=True, slots=True)
class _Asked:
    changes: AskedChanges
    is_simulated: bool


def _asked(options: Mapping[str, Any]) -> _Asked:
    """The changes of the file, and those that are set beside them."""
    file = options["file"]
    given = acting.body(file, api.OBJECTS, api.CAN_BE_NULL) if file else bodies.of_values({})
    form = bodies.checked(api.ChangesForm(given))
    changes = replace(form.asked, values={**form.asked.values, **_given(options["set"])})
    return _Asked(changes, form.cleaned_data["simulate"])


def _given(texts: Sequence[str]) -> dict[str, Any]:
    found = {}
    for each in texts:
        name, sign, text = each.partition("=")
        try:
            found[name] = scenario_options.read(name, text if sign else "")
        except Impossible as error:
            raise CommandError(f"--set {each}: {error}", returncode=2) from error
    return found


def _simulate(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    run = _run_of(scenarios_seen(person), options["scenario"], options["run"])
    scenarios.order_simulation(run, by=person, at=clock.now(), defer=scenarios.in_the_worker)
    return _shown(person, options["scenario"], run.number)


def _stop(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    run = _run_of(scenarios_seen(person), options["scenario"], options["run"])
    scenarios.cancel_simulation(run, by=person, at=clock.now())
    return _shown(person, options["scenario"], run.number)


def _describe(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    owned = _run_of(scenarios_owned(person), options["scenario"]).scenario
    said = bodies.of_values({"name": options["name"], "note": options["note"]})
    api.described(person, owned.pk, said, clock.now())
    return _shown(person, owned.pk)


def _close(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _planner(options["by"])
    owned = _run_of(scenarios_owned(person), options["scenario"]).scenario
    scenarios.close(owned, by=person, at=clock.now())
    return _shown(person, owned.pk)


def _hand_over(options: Mapping[str, Any]) -> dict[str, Any]:
    person = _person(options["by"], Permission.EDIT_PROGRAMME, but="edit business cases")
    run = _run_of(scenarios_seen(person), options["scenario"], options["run"])
    said = bodies.of_values({"case": options["case"], "assumption": options["assumption"]})
    return api.handed_over(person, run, said, clock.now())


def _planner(username: str | None) -> Person:
    return _person(username, *PLANNERS, but="plan")


def _person(username: str | None, *permissions: Permission, but: str) -> Person:
    """Who has one of the permissions. Raises CommandError: `but` is what anybody else does not do."""
    if not username:
        raise CommandError("say with --by who does it", returncode=2)
    found: Person | None = Person.objects.filter(username=username.replace("\0", ""), is_active=True).first()
    if found is None or not permissions_of(found) & set(permissions):
        raise CommandError(f"{username} does not {but}", returncode=3)
    return found


def _run_of(seen: Any, number: int, run: int | None = None) -> ScenarioRun:
    is_possible = 0 < number < 2**63 and (run is None or 0 < run < 2**31)
    rows = ScenarioRun.objects.filter(scenario__in=seen.filter(pk=number if is_possible else None))
    rows = rows.select_related("scenario")
    found = (rows if run is None else rows.filter(number=run)).first() if is_possible else None
    if found is None:
        words = "" if run is None else f" with run {run}"
        raise CommandError(f"There is no scenario {number}{words}.", returncode=2)
    return found


def _shown(person: Person, number: int, run: int | None = None) -> dict[str, Any]:
    return scenario_listing.of_run(_run_of(scenarios_seen(person), number, run))


_ACTIONS = {
    "list": _list, "show": _show, "run": _compute, "make": _make, "simulate": _simulate, "stop": _stop,
    "describe": _describe, "close": _close, "hand-over": _hand_over,
}  # fmt: skip
#: actions that may simulate
_PLAYING = ("run", "make", "simulate")


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


def _handed_over(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['case']}, version {found['version']}, has the numbers"


_WORDS = {"list": _list_lines, "hand-over": _handed_over}
