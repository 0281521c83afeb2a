"""`indgang rollout`: the rollout plans; `indgang rollout 3`: one plan as it stands today, with what units lack."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.core import clock
from indgang.programme.rollout import overview, words
from indgang.programme.rollout.models import RolloutPlan
from indgang.programme.rollout.readiness import Lack, Missing


class Command(BaseCommand):
    help = "rollout plans: stages, milestones, late activities, and what units lack"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", nargs="?", type=int, help="number of a plan; without it: all of them")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            found = _all() if options["plan"] is None else _one(options["plan"])
            if options["json"]:
                self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            else:
                lines = _plan_lines(found) if options["plan"] is not None else map(_line, found["rollouts"])
                self.stdout.write("\n".join(lines))


def _all() -> dict[str, Any]:
    rows = RolloutPlan.objects.select_related("centre")
    return {"rollouts": [overview.heading(each, today=clock.today()) for each in rows]}


def _one(number: int) -> dict[str, Any]:
    plan = RolloutPlan.objects.select_related("centre").filter(pk=number).first() if number < 2**63 else None
    if plan is None:
        raise CommandError(f"There is no plan {number}. `indgang rollout` lists them.", returncode=2)
    return overview.as_data(plan, at=clock.now())


def _line(found: dict[str, Any]) -> str:
    stages = ", ".join(f"{each['name']} {each['day']}" for each in found["stages"])
    return f"{found['plan']:>4}  {found['name']} ({found['centre']}), granted {found['granted_on']}: {stages}"


def _plan_lines(found: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{name} {number}" for name, number in sorted(found["activity_counts"].items()))
    lines = [f"{found['name']} ({found['centre']}), granted {found['granted_on']}, seen on {found['today']}", ""]
    for stage in found["stages"]:
        state = f"live since {stage['live_on']}" if stage["live_on"] else f"goes live {stage['day']}"
        lines.append(f"{stage['number']}. {stage['name']}: {state}, {stage['services']} services")
        lines += [f"   {unit['name']}: {_lacks(unit)}" for unit in stage["units"]]
    lines += ["", *(_milestone(each) for each in found["milestones"]), "", f"activities: {counts}"]
    lines += [f"   late: {each}" for each in found["late"]]
    lines += ["", *(_risk(each) for each in found["risks"] if each["closed_on"] is None)]
    return lines


def _risk(found: dict[str, Any]) -> str:
    watched = ""
    if found["dip"] is not None:
        before, now = (found[name] if found[name] is not None else "no data" for name in ("before", "now"))
        watched = f": {found['watched']} {before} -> {now} ({words.DIPS[found['dip']]})"
    return f"risk {found['size']:6}  {found['title']}{watched}"


def _lacks(unit: dict[str, Any]) -> str:
    missing = [
        words.missing(Missing(Lack(lack["lack"]), tuple(lack["names"])))
        for point in unit["points"] for lack in point["missing"]
    ]  # fmt: skip
    return " ".join(missing) or "ready"


def _milestone(found: dict[str, Any]) -> str:
    state = f"reached {found['reached']}" if found["reached"] else "late" if found["is_late"] else ""
    return f"{found['due'] or '':10}  {found['title']}  {state}".rstrip()
