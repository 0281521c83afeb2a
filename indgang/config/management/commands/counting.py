"""`indgang counting`: the counting weeks. `indgang counting 3`: one week, by purpose, counted and in a year."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.analysis.counting import listing
from indgang.analysis.counting.models import CountingWeek
from indgang.core import clock


class Command(BaseCommand):
    help = "counting weeks: how they were set up, what was counted, and what it is in a year"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="of one week")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        weeks = CountingWeek.objects.select_related("unit", "service")
        if options["number"] is None:
            found: dict[str, Any] = {"counting_weeks": listing.of_weeks(list(weeks))}
            lines = list(map(_week, found["counting_weeks"])) or ["There are no counting weeks."]
        else:
            found = listing.of_week(_one(weeks, options["number"]), today=clock.today())
            lines = [_week(found), *_result(found)]
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(lines))


def _one(weeks: Any, number: int) -> CountingWeek:
    week: CountingWeek | None = weeks.filter(pk=number).first() if 0 < number < 2**63 else None
    if week is None:
        raise CommandError(f"There is no counting week {number}.", returncode=2)
    return week


def _week(each: dict[str, Any]) -> str:
    service = f", {each['service']}" if each["service"] else ""
    ended = " (unit ended)" if each["unit_ended"] else ""
    state = f"closed {each['closed_at'][:10]}" if each["closed_at"] else "open"
    span = f"{each['first']} to {each['last']}"
    return f"{each['id']:>4}  {each['title']}: {each['unit']}{ended}{service}, {span}, {each['people']} people, {state}"


def _result(found: dict[str, Any]) -> list[str]:
    """The purposes, what nobody has mapped, and all; and what makes a year of them."""
    if found["total"] is None:
        return ["Nothing was counted yet."]
    scale = (
        f"{len(found['days'])} days, a year is the count times {found['factor']:g}, rounded to {found['rounded_to']};"
        f" intervals of {found['confidence']:.0%} from how the days differ"
    )
    head = (
        f"{'':44}{'counted':>9}{'a year':>9}{'from':>9}{'to':>9}{'general':>9}{'resolved':>9}{'digital':>9}{'min':>6}"
    )
    return [scale, head, *map(_line, found["lines"]), "by cross-cutting purpose", *map(_line, found["purposes"]),
            _line(found["total"] | {"name": "in all"})]  # fmt: skip


def _line(each: dict[str, Any]) -> str:
    name = (each["name"] or "not mapped")[:43]
    bounds = "".join(f"{'–' if each[name] is None else format(each[name], ','):>9}" for name in ("low", "high"))
    shares = "".join(_percent(each[f"{name}_percent"]) for name in ("general", "resolved", "digital"))
    minutes = "–" if each["mean_minutes"] is None else f"{each['mean_minutes']:.1f}"
    return f"{name:44}{each['counted']:>9,}{each['a_year']:>9,}{bounds}{shares}{minutes:>6}"


def _percent(share: float | None) -> str:
    return f"{'–' if share is None else format(share, '.0f') + ' %':>9}"
