"""`indgang businesscase bc31`: the case as a table, with payback, present value, a tornado and a simulation.

A case of one's own that is stored in the product is named by its code, and `--file case.yaml` reads one from a file.
`--scenario no-buildings` and `--set fte=10` change assumptions.
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

from indgang.core.refusals import RefusedChange
from indgang.programme import case_versions, known_cases, words
from indgang.programme.cases import library, listing, uncertainty
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.reading import case_of


class Command(BaseCommand):
    help = "a business case: net per year, payback, present value, sensitivity and chance"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", help=f"one of {', '.join(library.SHIPPED)}, or a case of one's own")
        parser.add_argument("--file", type=Path, help="a case of one's own, as YAML or JSON")
        parser.add_argument("--case-version", type=int, metavar="NUMBER", help="an earlier version of one's own case")
        parser.add_argument("--scenario", default="", help="code of one of the case's scenarios")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="another value")
        parser.add_argument("--price-year", type=int, help="show amounts at the price level of this year")
        parser.add_argument("--runs", type=int, default=uncertainty.RUNS, help="runs of the simulation")
        parser.add_argument("--seed", type=int, default=1, help="seed of the simulation")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = _case(options)
            found = listing.complete(
                case, scenario=options["scenario"], given=_given(options), price_year=options["price_year"],
                seed=options["seed"], runs=options["runs"], told=_told,
            )  # fmt: skip
        except CaseFault as fault:
            raise CommandError(_told(fault), returncode=2) from fault
        if options["file"] is None:
            found["versions"] = case_versions.listed(found["case"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _told(fault: CaseFault) -> str:
    with translation.override("en"):
        return words.sentence(fault)


def _case(options: dict[str, Any]) -> BusinessCase:
    if options["file"] is None:
        code = options["code"] or library.SHIPPED[0]
        return _known(code, options["case_version"])
    try:
        return case_of(yaml.safe_load(options["file"].read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=2) from error


def _known(code: str, version: int | None) -> BusinessCase:
    """Raises CommandError, and CaseFault for a code that there is no case of."""
    try:
        with translation.override("en"):
            found = known_cases.required(code, version)
    except RefusedChange as refused:
        raise CommandError(str(refused), returncode=2) from refused
    if found is None and version is not None and known_cases.exists(code):
        raise CommandError(f"{code} has no version {version}", returncode=2)
    return found or library.shipped(code)


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


def _lines(found: dict[str, Any]) -> list[str]:
    years = "".join(f"{year:>10}" for year in found["years"])

    def row(name: str, amounts: list[float]) -> str:
        return f"{name[:46]:46}" + "".join(f"{amount:>10,.0f}" for amount in amounts)

    payback = found["payback_years"]
    paid = "never" if payback is None else f"{payback} years, in {found['paid_back_in']}" if payback else "at once"
    stated = f" (stated: {found['stated_payback']})" if found["stated_payback"] else ""
    return [
        f"{found['title']}, 1,000 kr. at {found['price_year']} prices; savings are negative", "",
        f"{'':46}{years}",
        *(row(line["name"], line["amounts"]) for line in found["lines"]),
        *(row(f"= {group['name']}", group["amounts"]) for group in found["groups"]),
        *(row(name, found[name]) for name in ("permanent", "once", "net", "cumulative")), "",
        f"payback         {paid}{stated}",
        "present value   {:,.0f} for {}\N{EN DASH}{} at {:.1%} a year".format(
            found["present_value"], *found["present_value_of"], found["discount"]
        ),
        *(_outside(each) for each in found["outside_interval"]),
        *(f"warning         {each['assumption']} is {each['value']:g}, below zero" for each in found["below_zero"]),
        *_uncertain_lines(found),
        *(f"the source prints {each['printed']:,.0f} for {each['of']}, its lines give {each['computed']:,.0f} "
          f"({each['source']})" for each in found["disagreements"]),
        *(f"note            {each['text']}" for each in found["remarks"]),
    ]  # fmt: skip


def _outside(each: dict[str, Any]) -> str:
    low, high = each["interval"]
    return f"warning         {each['assumption']} is {each['value']:g}, outside its interval {low:g} to {high:g}"


def _uncertain_lines(found: dict[str, Any]) -> list[str]:
    drawn = found["simulation"]
    if drawn is None:
        return [f"by chance       cannot be computed in all of its interval: {found['uncertain_fault']}"]
    return [
        f"by chance       {drawn['percentile_5']:,.0f} to {drawn['percentile_95']:,.0f} in 90 % of {drawn['runs']:,} "
        f"runs; {drawn['share_that_gains']:.0%} gain, {drawn['share_never_paid_back']:.0%} are never paid back",
        "", "what it depends on most (present value)",
        *(f"  {each['assumption']:24}{each['present_value_at_low']:>12,.0f} at {each['low']:<8g}"
          f"{each['present_value_at_high']:>12,.0f} at {each['high']:g}" for each in found["tornado"]),
    ]  # fmt: skip
