"""`indgang day tmf`: the day of a centre as it is now, with the moves that cover more of the need.

`indgang day tmf --accept KEY --by gerda` accepts one.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from indgang.config import acting
from indgang.core import clock
from indgang.planning import day_listing
from indgang.planning.day_now import day_now


class Command(BaseCommand):
    help = "the day of a centre: need, adherence, who is missing, and moves that help"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        parser.add_argument("--accept", metavar="KEY", help="accept the move of this key")

    def handle(self, *args: Any, **options: Any) -> None:
        shown, at = acting.centre(options["centre"]), clock.now()
        if options["accept"]:
            with acting.as_planner(options["by"], shown) as person:
                day_now(shown, at).accept(options["accept"], by=person)
        with translation.override("en"):
            found = day_listing.of_day(day_now(shown, at))
        text = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(_lines(found))
        self.stdout.write(text)


def _lines(found: dict[str, Any]) -> list[str]:
    if found["plan"] is None:
        return [f"{found['centre']}: no shift plan holds today"]
    return [
        f"{found['centre']} at {found['at'][:16]}, plan {found['plan']}",
        *_so_far(found), "",
        *(f"{each['starts_at'][11:16]}  need {each['need']:5.1f}  at work {each['at_work']:3}"
          for each in found["quarters"]),
        *(f"lacks {each['missing_hours']:.1f} hours: {each['activity']}, {each['workplace']}"
          for each in found["missing"]), "",
        *(f"{each['starts_at'][11:16]}-{each['ends_at'][11:16]}  {each['person']:20} {each['state']}"
          for each in found["people"]), "",
        *(f"{each['key']:40} {each['text']} ({each['hours']:g} hours)" for each in found["moves"]),
        *(f"{each['key']:40} {each['text']}" for each in found["offers"]),
        *(f"loan {each['loan']:<35} {each['text']}" for each in found["loans"]),
    ]  # fmt: skip


def _so_far(found: dict[str, Any]) -> list[str]:
    lines = []
    if found["calls"]:
        lines.append("calls: {came:g} came, {expected:g} expected; {left_corrected:g} to come".format(**found["calls"]))
    if (shifts := found["adherence"]) and shifts["adherence"] is not None:
        line = f"adherence: {shifts['adherence']:.0f} % of {shifts['people']} people"
        worked = shifts["conformance"]
        lines.append(line if worked is None else f"{line}, conformance: {worked:.0f} %")
    return lines
