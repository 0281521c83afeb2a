"""`indgang businesscase bc31`: the case as a table, with payback, present value, a tornado and a simulation.

`--scenario no-buildings` and `--set fte=10` change assumptions; `--file case.yaml` reads a case of one's own.
"""

from __future__ import annotations

import json
import math
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.programme import words
from indgang.programme.cases import evaluation, findings, library, uncertainty
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.listing import as_data, years_of
from indgang.programme.cases.reading import case_of


class Command(BaseCommand):
    help = "a business case: net per year, payback, present value, sensitivity and chance"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", help=f"one of {', '.join(library.SHIPPED)}")
        parser.add_argument("--file", type=Path, help="a case of one's own, as YAML or JSON")
        parser.add_argument("--scenario", default="", help="code of one of the case's scenarios")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="another value")
        parser.add_argument("--price-year", type=int, help="show amounts at the price level of this year")
        parser.add_argument("--runs", type=int, default=uncertainty.RUNS, help="runs of the simulation")
        parser.add_argument("--seed", type=int, default=1, help="seed of the simulation")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = _case(options)
            found = _computed(case, options)
        except CaseFault as fault:
            with translation.override("en"):
                raise CommandError(words.sentence(fault), returncode=2) from fault
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _case(options: dict[str, Any]) -> BusinessCase:
    if options["file"] is None:
        return library.shipped(options["code"] or library.SHIPPED[0])
    try:
        return case_of(yaml.safe_load(options["file"].read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=2) from error


def _given(options: dict[str, Any]) -> dict[str, float]:
    found = {}
    for each in options["set"]:
        name, _sign, number = each.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            raise CommandError(f"--set {each}: write NAME=NUMBER", returncode=2) from error
        if not math.isfinite(found[name.strip()]):
            raise CommandError(f"--set {each}: write NAME=NUMBER", returncode=2)
    return found


def _computed(case: BusinessCase, options: dict[str, Any]) -> dict[str, Any]:
    given, scenario = _given(options), options["scenario"]
    table = evaluation.table(case, scenario, given, options["price_year"])
    swings = uncertainty.tornado(case, scenario, given)
    drawn = uncertainty.simulate(case, seed=options["seed"], runs=options["runs"], scenario=scenario, given=given)
    is_shipped = not scenario and not given and options["price_year"] in (None, case.price_year)
    return {
        **as_data(case, table, scenario=scenario, given=frozenset(given), price_year=options["price_year"]),
        "tornado": [
            {"assumption": each.assumption.name, "low": each.low, "high": each.high,
             "present_value_at_low": round(each.at_low, 1), "present_value_at_high": round(each.at_high, 1),
             "payback_at_low": years_of(each.payback_at_low), "payback_at_high": years_of(each.payback_at_high)}
            for each in swings
        ],
        "simulation": _simulation(drawn),
        "disagreements": [
            {"of": each.of, "year": each.year, "printed": each.printed, "computed": each.computed,
             "source": each.source}
            for each in findings.disagreements(case, table)
        ] if is_shipped else [],
        "remarks": [
            {"code": each.code, "text": each.text,
             "figures": [{"name": name, "value": round(value, 2), "source": source}
                         for name, value, source in findings.remark_figures(case, each)]}
            for each in case.remarks
        ],
    }  # fmt: skip


def _simulation(drawn: uncertainty.Simulation) -> dict[str, Any]:
    return {
        "runs": drawn.runs, "seed": drawn.seed, "drawn": list(drawn.drawn), "mean": round(drawn.mean, 1),
        **{f"percentile_{share}": round(drawn.percentile(share), 1) for share in (5, 50, 95)},
        "share_that_gains": round(drawn.gain, 4), "share_never_paid_back": round(drawn.never, 4),
        "payback_shares": {str(years): round(share, 4) for years, share in drawn.payback_shares()},
    }  # fmt: skip


def _lines(found: dict[str, Any]) -> list[str]:
    years = "".join(f"{year:>10}" for year in found["years"])

    def row(name: str, amounts: list[float]) -> str:
        return f"{name[:46]:46}" + "".join(f"{amount:>10,.0f}" for amount in amounts)

    payback = found["payback_years"]
    paid = "never" if payback is None else f"{payback} years, in {found['paid_back_in']}" if payback else "at once"
    stated = f" (stated: {found['stated_payback']})" if found["stated_payback"] else ""
    drawn = found["simulation"]
    return [
        f"{found['title']}, 1,000 kr. at {found['price_year']} prices; savings are negative", "",
        f"{'':46}{years}",
        *(row(line["name"], line["amounts"]) for line in found["lines"]),
        *(row(name, found[name]) for name in ("permanent", "once", "net", "cumulative")), "",
        f"payback         {paid}{stated}",
        f"present value   {found['present_value']:,.0f} at {found['discount']:.1%} a year",
        f"by chance       {drawn['percentile_5']:,.0f} to {drawn['percentile_95']:,.0f} in 90 % of {drawn['runs']:,} "
        f"runs; {drawn['share_that_gains']:.0%} gain, {drawn['share_never_paid_back']:.0%} are never paid back",
        "", "what it depends on most (present value)",
        *(f"  {each['assumption']:24}{each['present_value_at_low']:>12,.0f} at {each['low']:<8g}"
          f"{each['present_value_at_high']:>12,.0f} at {each['high']:g}" for each in found["tornado"]),
        *(f"the source prints {each['printed']:,.0f} for {each['of']}, its lines give {each['computed']:,.0f} "
          f"({each['source']})" for each in found["disagreements"]),
        *(f"note            {each['text']}" for each in found["remarks"]),
    ]  # fmt: skip
