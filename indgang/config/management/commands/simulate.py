"""`indgang simulate pooling` or `indgang simulate day.json`: plays scenarios with the centre's own distributor.

Several scenarios are compared with the first, with the same callers in each. A file holds one scenario, or
`{"scenarios": [...]}`; docs/algorithms/simulation.md describes the data.

`indgang simulate day --set retry=30 --set mails=40` plays a day in numbers with breaks, retrials, mails, chats and the
second level, beside its calls alone, as the page does.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.core import compiled
from indgang.planning import described_day, simulations
from indgang.staffing.need import Impossible
from indgang.staffing.twin.pooling import pooling_gain
from indgang.staffing.twin.presets import POOLED, PRESETS
from indgang.staffing.twin.result import Estimated, TwinComparison, TwinResult
from indgang.staffing.twin.scenario import BadScenario, TwinScenario

_DAY = "day"
_SHARES = ("service_level", "abandoned_share", "occupancy", "reached_share", "erlang_service_level")
_SHOWN = (
    "offered", "answered", "abandoned", "promised", "helped", *_SHARES[:3], "mean_wait", "mean_answered_wait",
    "consulted", "reached_share", "mean_asking", "mean_whole_time",
)  # fmt: skip
#: shown only where something of the kind happens
_RARE = frozenset({"promised", "helped", "consulted", "reached_share", "mean_asking", "mean_whole_time"})


class Command(BaseCommand):
    help = "Plays a scenario several times: waits, losses and occupancy with 95 % intervals"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", help=f"a preset ({', '.join(PRESETS)}), {_DAY}, or a JSON file")
        parser.add_argument("--replications", type=int, metavar="NUMBER", help="20 if left out")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE",
            help=f"({_DAY}, 20 replications) {', '.join(described_day.LIMITS)}",
        )  # fmt: skip
        parser.add_argument(
            "--fewest", type=float, metavar="SHARE",
            help=f"({', '.join(POOLED)}) the fewest people who answer this share of each centre's callers in 20 s",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if remark := compiled.remark():
            self.stderr.write(remark)
        if options["scenario"] == _DAY:
            if options["replications"] is not None or options["fewest"] is not None:
                raise CommandError(f"--replications and --fewest are not for {_DAY}", returncode=2)
            self._describe(options)
            return
        if options["set"]:
            raise CommandError(f"--set is for {_DAY}", returncode=2)
        if options["replications"] is None:
            options["replications"] = simulations.REPLICATIONS
        if options["fewest"] is not None:
            self._fewest(options)
            return
        try:
            scenarios = PRESETS.get(options["scenario"]) or _read(Path(options["scenario"]))
            results = simulations.play(scenarios, options["replications"], options["seed"])
        except BadScenario as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(simulations.as_data(results), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(results, simulations.comparisons(results))))

    def _describe(self, options: dict[str, Any]) -> None:
        given = {name: value for name, _sign, value in (each.partition("=") for each in options["set"])}
        try:
            day = described_day.read(given)
        except Impossible as error:
            raise CommandError(str(error), returncode=2) from error
        found = described_day.as_data(day, described_day.play(day, options["seed"]))
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        sides = {"calls alone": found["alone"], "whole day": found["whole"], "difference": found["difference"]}
        sides |= found["beside"] | {"second level": found["second_level"]}
        for row in found["busiest"]:
            named = {name: row[name] for name in ("service_level", "mean_wait", "abandoned_share")}
            erlang = {"mean": row["erlang_service_level"], "half_width": None}
            sides[f"busiest half-hour with {row['agents']}"] = named | {"erlang_service_level": erlang}
        for title, figures in sides.items():
            if figures:
                self.stdout.write("\n".join([title, *_named(figures), ""]))

    def _fewest(self, options: dict[str, Any]) -> None:
        calls = POOLED.get(options["scenario"])
        if calls is None:
            raise CommandError(f"--fewest needs one of the presets {', '.join(POOLED)}", returncode=2)
        try:
            gain = pooling_gain(calls, options["fewest"], options["replications"], options["seed"])
        except BadScenario as error:
            raise CommandError(str(error), returncode=2) from error
        people = {"apart": dict(gain.apart), "helping": dict(gain.helping), "together": gain.together}
        if options["json"]:
            results = {code: each.as_data() for code, each in gain.results.items()}
            self.stdout.write(json.dumps({"people": people, "saved": gain.saved, "results": results}, indent=2))
            return
        for code, result in gain.results.items():
            who = people["together" if code == "one" else code]
            self.stdout.write("\n".join([f"{code}: {who} at work", *_figures(result.estimate), ""]))
        self.stdout.write(f"One number saves {gain.saved} people at work")


def _read(path: Path) -> Sequence[TwinScenario]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadScenario(f"{path}: no preset and no file that can be read; presets: {', '.join(PRESETS)}") from error
    except ValueError as error:
        raise BadScenario(f"{path}: this is no JSON ({error})") from error
    return simulations.read(text)


def _lines(results: Sequence[TwinResult], comparisons: Sequence[TwinComparison]) -> list[str]:
    lines = []
    for result in results:
        lines += ["", f"{result.scenario.code}: {result.scenario.title}", *_figures(result.estimate)]
    for each in comparisons:
        codes = f"{each.other.scenario.code} less {each.today.scenario.code}, with the same callers"
        lines += ["", codes, *_figures(each.difference)]
    return lines[1:]


def _named(figures: Mapping[str, Mapping[str, float | None]]) -> list[str]:
    found = {name: Estimated(each["mean"], each["half_width"], ()) for name, each in figures.items()}
    return [f"  {name:<20} {_text(each, share=name in _SHARES)}" for name, each in found.items()]


def _figures(of: Any) -> list[str]:
    found = {name: of(name) for name in _SHOWN}
    return [
        f"  {name:<20} {_text(each, share=name in _SHARES)}"
        for name, each in found.items() if each.mean or name not in _RARE
    ]  # fmt: skip


def _text(found: Estimated, *, share: bool) -> str:
    if found.mean is None:
        return "no data"
    factor, unit = (100.0, " %") if share else (1.0, "")
    half_width = f" ± {factor * found.half_width:.2f}" if found.half_width is not None else ""
    return f"{factor * found.mean:.2f}{half_width}{unit}"
