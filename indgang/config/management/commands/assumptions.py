"""`indgang assumptions`: what is assumed about calls and employees, with source and validity.

`--set talk=240 --source "Målt i oktober" --by gerda` lets a value hold from today on, or from the day `--from`; with
`--centre tmf` for that centre alone. `--history talk` prints what was decided of one.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.accounts.permissions import Permission
from indgang.api import bodies
from indgang.api.assumptions import decide
from indgang.config import acting
from indgang.core import clock
from indgang.planning import assumption_listing
from indgang.planning.assumption_kinds import KINDS


class Command(BaseCommand):
    help = "what is assumed about calls and employees: list and decide"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--centre", metavar="CODE", help="of one centre; else of all")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="what holds on this day; today")
        what.add_argument("--history", choices=list(KINDS), metavar="ASSUMPTION", help="what was decided of one")
        what.add_argument("--set", metavar="ASSUMPTION=VALUE", help="a value in the unit of its name")
        parser.add_argument("--source", metavar="TEXT", help="where it comes from")
        parser.add_argument("--from", dest="valid_from", metavar="DAY", help="its first day; today when left out")
        parser.add_argument("--by", metavar="USERNAME", help="who decides: who plans for the centre, or for all")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["set"] is None and (options["source"] or options["valid_from"]):
            raise CommandError("--source and --from are those of --set", returncode=2)
        centre = acting.centre(options["centre"]) if options["centre"] else None
        if options["set"] is not None:
            found = _decided(options)
        elif options["history"]:
            found = assumption_listing.history(options["history"], centre)
        else:
            found = assumption_listing.as_data(options["on"] or clock.today(), centre)
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _decided(options: dict[str, Any]) -> dict[str, Any]:
    code, _equals, value = options["set"].partition("=")
    given = {
        "assumption": code, "value": value, "source": options["source"], "valid_from": options["valid_from"],
        "centre": options["centre"],
    }  # fmt: skip
    with acting.as_person(options["by"], Permission.PLAN_STAFFING) as person:
        return decide(person, bodies.of_values(given), clock.now())


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for each in found["assumptions"] if "assumptions" in found else found["decided"]:
        name = each.get("assumption", found.get("assumption"))
        value = "none" if each["value"] is None else f"{each['value']:,g}"
        last = f" until {each['valid_to']}" if each["valid_to"] else ""
        since = f"from {each['valid_from']}{last}" if each["valid_from"] else "not decided"
        yield f"{name:16} {value:>12}  {since:24}  {each['source']}"
