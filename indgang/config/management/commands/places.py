"""`indgang places`: the workplaces and activities of shift planning, which all centres share.

`--workplace NAME --by gerda` adds a workplace, `--activity NAME --kind mail --by gerda` an activity.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.accounts.permissions import Permission
from indgang.api import bodies, shift_people
from indgang.config import acting
from indgang.core import clock
from indgang.workforce.models import ShiftActivity, Workplace
from indgang.workforce.shifts import listing


class Command(BaseCommand):
    help = "workplaces and activities of shift planning: list and add"

    def add_arguments(self, parser: ArgumentParser) -> None:
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--workplace", metavar="NAME", help="add a workplace")
        change.add_argument("--activity", metavar="NAME", help="add an activity of --kind, with a --skill or without")
        parser.add_argument("--kind", help="phone, mail, counter, screen, window, meeting, training or off_phone")
        parser.add_argument("--skill", metavar="CODE")
        parser.add_argument("--by", metavar="USERNAME", help="who adds it: somebody who plans")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["activity"] is None and (options["kind"] is not None or options["skill"] is not None):
            raise CommandError("--kind and --skill are those of --activity", returncode=2)
        if options["workplace"] is not None:
            with acting.as_person(options["by"], Permission.PLAN_STAFFING) as person:
                shift_people.add_workplace(bodies.of_values({"name": options["workplace"]}), person, clock.now())
        elif options["activity"] is not None:
            given = {"name": options["activity"], "kind": options["kind"], "skill": options["skill"]}
            with acting.as_person(options["by"], Permission.PLAN_STAFFING) as person:
                shift_people.add_activity(bodies.of_values(given), person, clock.now())
        today = clock.today()
        found = {
            "workplaces": [listing.workplace(each) for each in Workplace.objects.valid_on(today)],
            "activities": [
                listing.activity(each) for each in ShiftActivity.objects.valid_on(today).select_related("skill")
            ],
        }
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _lines(found: dict[str, Any]) -> list[str]:
    return [
        *(f"workplace {each['workplace']:20} {each['name']}" for each in found["workplaces"]),
        *(f"activity  {each['activity']:20} {each['name']} ({each['kind']})" for each in found["activities"]),
    ]  # fmt: skip
