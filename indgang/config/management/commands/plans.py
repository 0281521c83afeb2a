"""`indgang plans tmf`: the shift plans of a centre; with `--plan 3` everything about one.

Changes are made for somebody who plans there (`--by gerda`): `--draft 2026-03-16 2026-04-12` makes one; `--need`,
`--forecast-need`, `--prices` and `--fix` write into a draft from a JSON file (docs/api.md says what it holds); `--hold
anna 2026-03-16` and `--free 17` fix a shift and free it; `--run`, `--stop`, `--publish`, `--follow` and `--discard` do
what the page does.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.shortcuts import get_object_or_404

from indgang.accounts.models import Person
from indgang.api import bodies, plan_making, shift_plans
from indgang.catalogue.models import ContactCentre
from indgang.config import acting
from indgang.core import clock
from indgang.planning import shift_need, targets
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import fixed, listing, plans, running

#: plans that are listed
_MOST = 100


class Command(BaseCommand):
    help = "shift plans of a centre: list, write, plan, publish"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        parser.add_argument("--plan", type=int, metavar="NUMBER", help="one plan")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--draft", nargs=2, metavar=("FIRST", "LAST"), help="make a draft")
        for name, about in _FILES.items():
            change.add_argument(f"--{name}", type=Path, metavar="FILE", help=about)
        change.add_argument("--hold", nargs=2, metavar=("USERNAME", "DAY"), help="keep the shift of a day as it is")
        change.add_argument("--free", type=int, metavar="SHIFT", help="let the next run decide on a shift again")
        change.add_argument("--run", type=int, nargs="?", const=0, metavar="SECONDS", help="have the shifts planned")
        for name, about in _ORDERS.items():
            change.add_argument(f"--{name}", action="store_true", help=about)

    def handle(self, *args: Any, **options: Any) -> None:
        centre, row = acting.centre(options["centre"]), None
        if options["plan"] is not None:
            row = ShiftPlan.objects.filter(centre=centre).select_related("centre", "follows").filter(
                pk=options["plan"] if 0 < options["plan"] < 2**63 else 0
            ).first()  # fmt: skip
            if row is None:
                raise CommandError(f"{centre.code} has no plan {options['plan']}", returncode=2)
        # --run without seconds is 0, which equals False
        change = next((each for each in _CHANGES if options[each] is not None and options[each] is not False), None)
        if options["draft"]:
            with acting.as_planner(options["by"], centre) as person:
                row = _draft(centre, options["draft"], person)
        elif change is not None:
            if row is None:
                raise CommandError("say with --plan which plan", returncode=2)
            with acting.as_planner(options["by"], centre) as person:
                row = _CHANGES[change](row, options[change], person, clock.now())
                if row is not None:
                    row.refresh_from_db()
        self.stdout.write(_printed(centre, row, as_json=options["json"]))


def _draft(centre: ContactCentre, days: list[str], by: Person) -> ShiftPlan:
    given = bodies.of_values({"first": days[0], "last": days[1]})
    said = bodies.checked(shift_plans.PlanDaysForm(given)).cleaned_data
    return plans.draft(centre, **said, by=by, at=clock.now())


def _need(row: ShiftPlan, path: Path, by: Person, at: datetime) -> ShiftPlan:
    said = bodies.checked(plan_making.WrittenNeedForm(acting.body(path), plan=row)).cleaned_data
    plans.set_need(row, **said, by=by, at=at)
    return row


def _forecast_need(row: ShiftPlan, path: Path, by: Person, at: datetime) -> ShiftPlan:
    said = bodies.checked(plan_making.QueuesNeedForm(acting.body(path), plan=row)).cleaned_data
    shift_need.take(row, **said, by=by, at=at)
    for remark in targets.remarks(said["queues"], row.first):
        sys.stderr.write(f"{remark}\n")
    return row


def _prices(row: ShiftPlan, path: Path, by: Person, at: datetime) -> ShiftPlan:
    plan_making.set_prices(row, acting.body(path), by, at)
    return row


def _fix(row: ShiftPlan, path: Path, by: Person, at: datetime) -> ShiftPlan:
    form = bodies.checked(shift_plans.FixedShiftsForm(acting.body(path), plan=row))
    fixed.set_shifts(row, form.cleaned_data["person"], **form.values(), by=by, at=at)
    return row


def _hold(row: ShiftPlan, which: list[str], by: Person, at: datetime) -> ShiftPlan:
    given = bodies.of_values({"person": which[0], "day": which[1]})
    said = bodies.checked(shift_plans.HeldDayForm(given, plan=row)).cleaned_data
    fixed.hold_day(row, said["person"], said["day"], by=by, at=at)
    return row


def _free(row: ShiftPlan, number: int, by: Person, at: datetime) -> ShiftPlan:
    fixed.free(get_object_or_404(row.shifts.select_related("plan"), pk=number), by=by, at=at)
    return row


def _run(row: ShiftPlan, seconds: int, by: Person, at: datetime) -> ShiftPlan:
    said = bodies.checked(plan_making.OrderRunForm(bodies.of_values({"seconds": seconds or None}))).cleaned_data
    running.order(row, seconds=said["seconds"] or running.usual(row), by=by, at=at)
    return row


def _stop(row: ShiftPlan, _value: bool, by: Person, at: datetime) -> ShiftPlan:
    for going in row.runs.filter(state__in=running.GOING):
        running.stop(going, by=by, at=at)
    return row


def _publish(row: ShiftPlan, _value: bool, by: Person, at: datetime) -> ShiftPlan:
    return plans.publish(row, by=by, at=at)


def _follow(row: ShiftPlan, _value: bool, by: Person, at: datetime) -> ShiftPlan:
    return plans.follow(row, by=by, at=at)


def _discard(row: ShiftPlan, _value: bool, by: Person, at: datetime) -> None:
    plans.discard(row, by=by, at=at)


_FILES = {
    "need": "write the need of an activity", "forecast-need": "take the need from the forecast of queues",
    "prices": "prices of soft rules", "fix": "give somebody fixed shifts",
}  # fmt: skip
_ORDERS = {
    "stop": "stop the run with the best plan so far", "publish": "publish a draft",
    "follow": "make a draft that changes the published plan", "discard": "discard a draft",
}  # fmt: skip
_CHANGES: Mapping[str, Callable[[ShiftPlan, Any, Person, datetime], ShiftPlan | None]] = {
    "need": _need, "forecast_need": _forecast_need, "prices": _prices, "fix": _fix, "hold": _hold, "free": _free,
    "run": _run, "stop": _stop, "publish": _publish, "follow": _follow, "discard": _discard,
}  # fmt: skip


def _printed(centre: ContactCentre, row: ShiftPlan | None, *, as_json: bool) -> str:
    if row is not None:
        try:
            found = listing.whole_plan(row, clock.now())
        except UnusableProblem as error:
            raise CommandError(str(error), returncode=2) from error
        return acting.printed(found, plan_lines, as_json=as_json)
    rows = [listing.plan(each) for each in ShiftPlan.objects.filter(centre=centre)[:_MOST]]
    return acting.printed({"centre": centre.code, "plans": rows}, _lines, as_json=as_json)


def _lines(found: Mapping[str, Any]) -> list[str]:
    return [_line(each) for each in found["plans"]] or [f"{found['centre']}: no plans"]


def _line(found: Mapping[str, Any]) -> str:
    return f"plan {found['plan']}, {found['first']} to {found['last']}, {found['state']}"


def plan_lines(found: Mapping[str, Any]) -> list[str]:
    """A plan for people."""
    run = found["run"]
    return [
        _line(found),
        *([_run_line(run)] if run else []),
        f"lacks {found['missing_hours']:.1f} hours, costs {found['cost']:.0f}",
        *(f"lacks {each['missing_hours']:.1f} of {each['needed_hours']:.1f} hours: {each['activity']}, "
          f"{each['workplace']}" for each in found["missing"] if each["missing_hours"]),
        *(f"costs {price:.0f}: {kind}" for kind, price in found["costs"].items() if price),
        *(f"broken: {each['person']} {each['day']} {each['rule']}" for each in found["broken"]),
        *(f"{'fixed' if each['is_fixed'] else 'shift'} {each['shift']:>6}: {each['person']:20} "
          f"{each['starts_at'][:16]}-{each['ends_at'][11:16]} {each['workplace']}" for each in found["shifts"]),
        *(f"share: {each['person']} {each['late_shifts']} late or weekend shifts of {each['even_late_shifts']}, "
          f"{each['off_phone_hours']:.1f} hours off the phone of {each['agreed_off_phone_hours']:.1f}"
          for each in found["shares"]),
        *(f"wishes: {each['person']} {each['wishes']}, met {'-' if each['met'] is None else each['met']}"
          for each in found["people"]),
    ]  # fmt: skip


def _run_line(run: Mapping[str, Any]) -> str:
    line = f"run {run['run']}: {run['state']}, {100 * run['share']:.0f} %"
    if run["over_bound"] is None:
        return line
    over = f"at most {100 * run['over_bound']:.1f} % over the best"
    return f"{line}, cost {run['cost']:.0f}, bound {run['bound']:.0f}, {over}"
