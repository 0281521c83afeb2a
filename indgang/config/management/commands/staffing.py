"""`indgang staffing --preset tmf-2020`: how many people a year's calls need, with the assumptions and their sources.

Every assumption can be changed: `indgang staffing --preset bc31 --calls 80000 --hours 9 --seats curve`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.presets import (
    DEMAND_OPTIONS,
    PRESETS,
    SUPPLY_OPTIONS,
    TARGET_OPTIONS,
    SizingPreset,
    changed,
    given_of,
)
from indgang.staffing.sizing import Demand, Seats, Sizing, Supply, size

_UNITS = {
    "calls": "calls a year", "talk": "seconds", "after_call": "seconds", "days": "opening days a year",
    "hours": "opening hours a day", "patience": "mean seconds until a caller hangs up: Erlang A instead of C",
    "phone_share": "share of working time, 0 to 1", "shrinkage": "share of planned time that is lost, 0 to 1",
    "kroner": "kr. for one FTE a year", "in_time": "share of callers, 0 to 1, answered within --within",
    "within": "seconds", "mean_wait": "seconds at most", "abandoned": "share of callers at most; needs --patience",
    "occupancy": "share of time on calls at most",
}  # fmt: skip


class Command(BaseCommand):
    help = "FTE for a year of calls, by Erlang C or A; each assumption with its source"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", choices=list(PRESETS), default="tmf-2020")
        for option in (*DEMAND_OPTIONS, *SUPPLY_OPTIONS, *TARGET_OPTIONS):
            parser.add_argument(f"--{option.replace('_', '-')}", type=float, metavar="NUMBER", help=_UNITS[option])
        parser.add_argument(
            "--seats", choices=[each.value for each in Seats], help="flat all day, or by the day's curve"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        preset = PRESETS[options["preset"]]
        try:
            asked = changed(preset, options, options["seats"])
            sizing = size(asked.demand, asked.supply, asked.target, asked.seats)
        except Impossible as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(asked, sizing, options), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(asked, sizing, options)))


def _sources(preset: SizingPreset, options: dict[str, Any]) -> dict[str, str]:
    """Where each assumption comes from; "given" for those of the command line."""
    given = {field: "given" for part in (DEMAND_OPTIONS, SUPPLY_OPTIONS) for field in given_of(part, options)}
    if given_of(TARGET_OPTIONS, options):
        given["target"] = "given"
    if options["seats"]:
        given["seats"] = "given"
    return {**preset.sources, **given}


def _as_data(asked: SizingPreset, sizing: Sizing, options: dict[str, Any]) -> dict[str, Any]:
    other = Seats.CURVE if asked.seats is Seats.FLAT else Seats.FLAT
    return {
        "preset": asked.code, "title": asked.title, "printed_fte": asked.printed_fte,
        "assumptions": {
            **asdict(asked.demand), **{each.name: getattr(asked.supply, each.name) for each in fields(Supply)
                                       if each.name != "year"},
            "net_hours_a_year": round(asked.supply.year.net, 1), "year": asdict(asked.supply.year),
            "target": asdict(asked.target), "seats": asked.seats.value,
        },
        "sources": _sources(asked, options),
        **asdict(sizing),
        f"fte_{other.value}": size(asked.demand, asked.supply, asked.target, other).fte,
    }  # fmt: skip


def _lines(asked: SizingPreset, sizing: Sizing, options: dict[str, Any]) -> list[str]:
    other = Seats.CURVE if asked.seats is Seats.FLAT else Seats.FLAT
    instead = size(asked.demand, asked.supply, asked.target, other)
    most = max(each.seats for each in sizing.intervals)
    cost = [] if sizing.kroner is None else [f"cost            {sizing.kroner:,.0f} kr. a year"]
    if sizing.kroner_each_call is not None:
        cost.append(f"                {sizing.kroner_each_call:.2f} kr. for a call")
    return [
        asked.title,
        f"FTE             {sizing.fte:.1f} ({asked.seats.value}); the document says {asked.printed_fte:g}",
        f"                {instead.fte:.1f} with seats {other.value}, {sizing.fte_before_rounding:.1f} before rounding",
        f"seats           {most} at most, {sizing.seat_hours:,.0f} hours a year",
        f"callers         {100 * sizing.in_time:.1f} % within {asked.target.within:g} s, "
        f"mean wait {sizing.mean_wait:.1f} s, {100 * sizing.abandoned:.1f} % hang up",
        f"occupancy       {100 * sizing.occupancy:.0f} %",
        *cost,
        "",
        "assumptions and their sources (001:1704 is document 1, line 1704)",
        *(f"  {name:20} {_said(asked, name):>28}  {source}" for name, source in _sources(asked, options).items()),
    ]


def _said(asked: SizingPreset, name: str) -> str:
    if name == "profile":
        return f"{len(asked.demand.profile)} intervals"
    if name == "year":
        return f"{asked.supply.year.net:,.0f} hours"
    if name == "target":
        limits = ((each.name, getattr(asked.target, each.name)) for each in fields(ServiceTarget))
        return ", ".join(f"{limit} {value:g}" for limit, value in limits if value is not None and limit != "within")
    if name == "seats":
        return asked.seats.value
    holder: Demand | Supply = asked.demand if hasattr(asked.demand, name) else asked.supply
    return f"{getattr(holder, name):,g}"
