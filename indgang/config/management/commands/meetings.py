"""`indgang meetings tmf`: meetings, training with mentors and other fixed tasks of a centre, today or later.

`indgang meetings tmf --add FILE --by gerda` adds one from a JSON file (docs/api.md says what it holds), and `--end 3
--on 2026-04-01 --by gerda` ends one.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.accounts.models import Person
from indgang.api import bodies
from indgang.api.meetings import MeetingForm
from indgang.catalogue.models import ContactCentre
from indgang.config import acting
from indgang.core import clock
from indgang.workforce.shifts import appointments, contracts, listing

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Command(BaseCommand):
    help = "meetings, training and other fixed tasks of a centre: list, add and end"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--add", type=Path, metavar="FILE", help="add one from a JSON file")
        change.add_argument("--end", type=int, metavar="MEETING", help="end one on the day --on")
        parser.add_argument("--on", metavar="DAY", help="the first day without it; today when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        shown = acting.centre(options["centre"])
        if options["add"] is not None:
            with acting.as_planner(options["by"], shown) as person:
                _add(shown, options["add"], person)
        elif options["end"] is not None:
            with acting.as_planner(options["by"], shown) as person:
                _end(shown, options["end"], options["on"], person)
        found = [listing.meeting(each) for each in appointments.of_centre(shown, clock.today())]
        data = {"centre": shown.code, "meetings": found}
        text = json.dumps(data, ensure_ascii=False, indent=2) if options["json"] else "\n".join(map(_line, found))
        self.stdout.write(text or f"{shown.code}: no meetings")


def _add(shown: ContactCentre, path: Path, person: Person) -> None:
    form = bodies.checked(MeetingForm(acting.body(path), people=contracts.people_of(shown.pk, clock.today())))
    appointments.add(shown, **form.values(), by=person, at=clock.now())


def _end(shown: ContactCentre, number: int, on: str | None, person: Person) -> None:
    rows = appointments.of_centre(shown, clock.today())
    ended = rows.filter(pk=number).first() if 0 < number < 2**63 else None
    if ended is None:
        raise CommandError(f"{shown.code} has no meeting {number}", returncode=2)
    try:
        day = date.fromisoformat(on) if on else clock.today()
    except ValueError as error:
        raise CommandError("--on is a day, like 2026-04-01", returncode=2) from error
    appointments.end(ended, on=day, by=person, at=clock.now())


def _line(each: dict[str, Any]) -> str:
    days = ", ".join(_DAYS[number] for number in each["weekdays"])
    often = "" if each["every_weeks"] == 1 else f" every {each['every_weeks']} weeks"
    mentor = f", mentor {each['mentor']}" if each["mentor"] else ""
    span = f"{each['valid_from']} to {each['last'] or '…'}"
    return (
        f"{each['meeting']:>4}  {each['title']} ({each['activity']}) {days} {each['opens']}-{each['closes']}{often}, "
        f"{span}: {', '.join(each['people'])}{mentor}"
    )
