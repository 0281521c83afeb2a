"""`indgang benefits`: what each benefit contract expects, and what was realised; `--json` with every month; `--again`
a case computed again, as JSON. `indgang benefits 3 --close 2026-02 --reason TEXT --by NAME` closes a month for the
owner of the contract."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import translation

from indgang.accounts.permissions import Permission
from indgang.api import benefits, bodies
from indgang.config import acting
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.programme import case_benefits
from indgang.programme.benefits import course, listing
from indgang.programme.benefits.models import BenefitContract


class Command(BaseCommand):
    help = "benefit contracts: expected, realised with its interval, and the forecast of this year"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="of one contract")
        parser.add_argument("--case", default="", help="code of a business case")
        parser.add_argument("--again", metavar="CASE", help="print a case computed again with what was measured")
        parser.add_argument("--close", metavar="MONTH", help="close a month (2026-02) of the contract")
        parser.add_argument("--reason", default="", metavar="TEXT", help="--close: why the month is as it is")
        parser.add_argument("--by", metavar="USERNAME", help="--close: the owner of the contract")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(json.dumps(_again(options["again"]), ensure_ascii=False, indent=2))
            return
        if options["close"]:
            _close(options)
        rows = course.with_versions(_about(options["case"]))
        if options["number"] is not None:
            rows = rows.filter(pk=options["number"])
        found = [listing.with_months(each) for each in _courses(rows, is_full=options["json"])]
        if options["number"] is not None and not found:
            raise CommandError(f"There is no benefit contract {options['number']}.", returncode=2)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else _said(found))


def _courses(rows: Iterable[BenefitContract], *, is_full: bool) -> list[course.CourseOfBenefit]:
    return [course.of_contract(each, clock.today(), both_ways=is_full) for each in rows]


def _close(options: dict[str, Any]) -> None:
    if options["number"] is None:
        raise CommandError("say the number of the contract", returncode=2)
    given = bodies.of_values({"month": options["close"], "reason": options["reason"]})
    with acting.as_person(options["by"], Permission.SEE_FIGURES) as person:
        benefits.close_month(options["number"], given, person, clock.now())


def _about(code: str) -> QuerySet[BenefitContract]:
    try:
        with translation.override("en"):
            return case_benefits.contracts(code.replace("\0", ""))
    except RefusedChange as refused:
        raise CommandError(str(refused), returncode=2) from refused


def _again(code: str) -> dict[str, Any]:
    try:
        with translation.override("en"):
            found = case_benefits.computed_again(code, clock.today())
    except RefusedChange as refused:
        raise CommandError(str(refused), returncode=2) from refused
    if found is None:
        raise CommandError(f"There is no business case {code}.", returncode=2)
    return found


def _said(found: list[dict[str, Any]]) -> str:
    if not found:
        return "There are no benefit contracts."
    head = f"{'unit and line':44}{'expected':>12}{'realised':>28}{'months':>8}{'this year':>12}{'forecast':>12}"
    return "\n".join(["kroner; savings are negative", "", head, *map(_line, found)])


def _line(each: dict[str, Any]) -> str:
    name = f"{each['unit_name']}: {each['line']}"[:43]
    year = each["year"]
    forecast = "no data" if year["forecast"] is None else f"{year['forecast']['value']:,.0f}"
    months = f"{each['measured_months']}/{each['months_over']}"
    said = f"{name:44}{each['expected']:>12,.0f}{_amount(each['realised']):>28}{months:>8}"
    return f"{said}{year['expected']:>12,.0f}{forecast:>12}{_state(each)}"


def _state(each: dict[str, Any]) -> str:
    if each["withdrawn"]:
        return "  withdrawn"
    return "" if each["is_signed"] else "  not signed"


def _amount(amount: dict[str, float | None] | None) -> str:
    if amount is None:
        return "no data"
    if amount["low"] is None:
        return f"{amount['value']:,.0f}"
    return f"{amount['value']:,.0f} ({amount['low']:,.0f}–{amount['high']:,.0f})"
