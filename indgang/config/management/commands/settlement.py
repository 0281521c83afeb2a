"""`indgang settlement verify`: count closed months again from the events, and report where a statement differs."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.core import clock
from indgang.measures.settlement import statements
from indgang.measures.settlement.prices import SettlementLine
from indgang.measures.settlement.statements import LineDeviation


class Command(BaseCommand):
    help = "Settlement between centres: `verify` counts closed months again from the events and compares"

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="print what differs; exit code 1 if anything does")
        verify.add_argument("--month", metavar="YYYY-MM", type=_month, help="only this month")

    def handle(self, *args: Any, **options: Any) -> None:
        months = [each for each in statements.closed_months() if options["month"] in (None, each[1])]
        wrong = 0
        for owner, month in months:
            for found in statements.deviations(owner, month, at=clock.now()):
                wrong += 1
                self.stdout.write(f"{owner.code} {month:%Y-%m} {_words(found)}")
        if wrong:
            raise CommandError(f"{len(months)} months counted again: {wrong} lines differ")
        self.stdout.write(f"{len(months)} months counted again: no differences")


def _month(text: str) -> date:
    """The first day of a month such as 2026-03."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no month; write it as YYYY-MM") from error


def _words(found: LineDeviation) -> str:
    line = found.counted or found.stated
    assert line is not None
    what = f"{line.kind} {line.enquiry}" if line.enquiry else f"{line.kind}"
    stated, counted = _numbers(found.stated), _numbers(found.counted)
    return f"{line.answered_by} {what}: {stated} in the statements, {counted} by the events"


def _numbers(line: SettlementLine | None) -> str:
    return "nothing" if line is None else f"{line.talk_seconds}+{line.wrap_up_seconds} s, {line.amount} kr."
