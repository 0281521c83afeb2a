"""`indgang contracts tmf`: the contracts of a centre that hold today or later.

`--agree FILE --by gerda` agrees on one from a JSON file (docs/api.md says what it holds), and `--end 3 --on 2026-04-01
--by gerda` ends one.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.api import bodies, shift_people
from indgang.config import acting
from indgang.core import clock


class Command(BaseCommand):
    help = "contracts of shift planning: list, agree and end"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--agree", type=Path, metavar="FILE", help="a contract from a JSON file")
        change.add_argument("--end", type=int, metavar="CONTRACT", help="end one on the day --on")
        parser.add_argument("--on", metavar="DAY", help="the first day without it; today when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["on"] is not None and options["end"] is None:
            raise CommandError("--on is the day of --end", returncode=2)
        shown = acting.centre(options["centre"])
        if options["agree"] is not None:
            with acting.as_planner(options["by"], shown) as person:
                shift_people.agree(shown, acting.body(options["agree"]), person, clock.now())
        elif options["end"] is not None:
            given = bodies.of_values({"on": options["on"] or clock.today().isoformat()})
            with acting.as_planner(options["by"], shown) as person:
                shift_people.end(shown, options["end"], given, person, clock.now())
        found = shift_people.of_centre(shown)
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _lines(found: dict[str, Any]) -> list[str]:
    return [_line(each) for each in found["contracts"]] or [f"{found['centre']}: no contracts"]


def _line(each: dict[str, Any]) -> str:
    return (
        f"{each['contract']:>5}  {each['person']:20} {each['weekly_hours']:g} hours a week, {each['earliest']}-"
        f"{each['latest']}, {each['valid_from']} to {each['last'] or '…'}"
    )
