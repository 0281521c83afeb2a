"""`indgang staffing --preset tmf-2020`: how many people a year's calls need, with the assumptions and their sources.

Every assumption can be changed: `indgang staffing --preset bc31 --calls 80000 --hours 9 --seats curve`.
`--preset decided` begins from what the municipality has decided (`indgang assumptions`).
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.config import acting
from indgang.core import clock
from indgang.planning import assumptions, calculation
from indgang.staffing.presets import NUMBER_OPTIONS, PRESETS, changed
from indgang.staffing.sizing import Seats

_UNITS = {
    "calls": "calls a year", "talk": "seconds", "after_call": "seconds", "days": "opening days a year",
    "hours": "opening hours a day", "patience": "mean seconds until a caller hangs up: Erlang A instead of C",
    "busiest": "the busiest half-hour beside the mean, 1.3 is 30 percent more",
    "phone_share": "share of working time, 0 to 1", "shrinkage": "share of planned time that is lost, 0 to 1",
    "kroner": "kr. for one FTE a year", "contracted": "paid hours of a year", "holiday": "hours of holiday a year",
    "public_holidays": "hours of public holidays on working days", "sickness": "share of hours, 0 to 1",
    "paid_break": "hours of paid break a day", "day": "hours of a working day",
    "in_time": "share of callers, 0 to 1, answered within --within",
    "within": "seconds", "mean_wait": "seconds at most", "abandoned": "share of callers at most; needs --patience",
    "occupancy": "share of time on calls at most",
}  # fmt: skip


class Command(BaseCommand):
    help = "FTE for a year of calls, by Erlang C or A; each assumption with its source"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", choices=[*PRESETS, assumptions.DECIDED], default="tmf-2020")
        for option in NUMBER_OPTIONS:
            parser.add_argument(f"--{option.replace('_', '-')}", type=float, metavar="NUMBER", help=_UNITS[option])
        parser.add_argument(
            "--intervals", type=float, nargs="+", default=[], metavar="CALLS",
            help="calls in each interval of a day, instead of those of a year",
        )  # fmt: skip
        parser.add_argument(
            "--seats", choices=[each.value for each in Seats], help="flat all day, or by the day's curve"
        )
        parser.add_argument(
            "--blocked", type=float, metavar="SHARE", help="lines too: of calls, 0 to 1, that may find all of them busy"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            preset = assumptions.sizing(options["preset"], clock.today())
            asked = changed(preset, options, options["seats"], options["intervals"])
            found = calculation.sized(asked, blocked=options["blocked"])
        except ValueError as error:  # `Impossible` is one
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    assumed, printed = found["assumptions"], found["printed_fte"]
    other = next(each.value for each in Seats if each.value != found["seats_held"])
    most = max(each["seats"] for each in found["intervals"])
    wait = "without end" if found["mean_wait"] is None else f"{found['mean_wait']:.1f} s"
    document = "" if printed is None else f"; the document says {printed:g}"
    yield found["title"]
    yield f"FTE             {found['fte']:.1f} ({found['seats_held']}){document}"
    yield (
        f"                {found[f'fte_{other}']:.1f} with seats {other}, "
        f"{found['fte_before_rounding']:.1f} before rounding"
    )
    yield f"seats           {most} at most, {found['seat_hours']:,.0f} hours a year"
    yield (
        f"callers         {100 * found['in_time']:.1f} % within {assumed['target']['within']:g} s, "
        f"mean wait {wait}, {100 * found['abandoned']:.1f} % hang up"
    )
    yield f"occupancy       {100 * found['occupancy']:.0f} %"
    if (lines := found["lines"]) is not None:
        share = 100 * lines["blocked"]
        yield f"lines           {lines['lines']} for {lines['load']:.2f} Erlang: at most {share:g} % find all busy"
    if found["kroner"] is not None:
        yield f"cost            {found['kroner']:,.0f} kr. a year"
    if found["kroner_each_call"] is not None:
        yield f"                {found['kroner_each_call']:.2f} kr. for a call"
    yield ""
    yield "assumptions and their sources (001:1704 is document 1, line 1704)"
    for name, source in found["sources"].items():
        since = f", from {found['valid_from'][name]}" if name in found["valid_from"] else ""
        yield f"  {name:20} {_said(assumed, name):>28}  {source}{since}"


def _said(assumed: dict[str, Any], name: str) -> str:
    if name == "profile":
        return f"{len(assumed['profile'])} intervals"
    if name == "year":
        return f"{assumed['net_hours_a_year']:,.0f} hours"
    if name == "target":
        limits = {limit: value for limit, value in assumed["target"].items() if value is not None and limit != "within"}
        return ", ".join(f"{limit} {value:g}" for limit, value in limits.items())
    if name == "seats":
        return str(assumed["seats"])
    _of_year, _dot, part = name.partition(".")
    value = assumed["year"][part] if part else assumed[name]
    return f"{value:,g}"
