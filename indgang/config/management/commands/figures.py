"""`indgang figures verify --from 2026-03-01 --to 2026-03-31`: count the figures of a period again from the events."""

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import fields
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.core import clock
from indgang.measures.period import Period
from indgang.measures.rollups import counting, rebuilding, recomputing
from indgang.measures.rollups.recomputing import RollupDifference
from indgang.measures.rollups.tallies import FactTally


class Command(BaseCommand):
    help = "Figures: `verify` counts them again from the events and compares, `rebuild` counts all roll-ups anew"

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="print what differs; exit code 1 if anything does")
        _add_days(verify)
        actions.add_parser("rebuild", help="count all roll-ups anew from the first event on")
        actions.add_parser("follow", help="count the events that are not counted yet; the worker does it each minute")

    def handle(self, *args: Any, **options: Any) -> None:
        {"verify": self._verify, "rebuild": self._rebuild, "follow": self._follow}[options["action"]](options)

    def _verify(self, options: dict[str, Any]) -> None:
        first, last = _days(options)
        found = recomputing.differences(Period.days(first, last))
        for each in found:
            self.stdout.write(_line(each))
        if found:
            raise CommandError(f"{first} to {last} counted again: {len(found)} rows differ")
        self.stdout.write(f"{first} to {last} counted again: no differences")

    def _rebuild(self, _options: dict[str, Any]) -> None:
        self.stdout.write(f"{rebuilding.rebuild()} events counted anew")

    def _follow(self, _options: dict[str, Any]) -> None:
        self.stdout.write(f"{counting.follow()} events counted")


def _add_days(parser: Any) -> None:
    parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", type=_day, help="first day; default: today")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM-DD", type=_day, help="last day; default: the first")


def _days(options: dict[str, Any]) -> tuple[date, date]:
    first = options["first"] or clock.today()
    last = options["last"] or first
    if last < first:
        raise CommandError(f"--to {last} is before --from {first}", returncode=2)
    return first, last


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write it as YYYY-MM-DD") from error


def _line(found: RollupDifference) -> str:
    key = found.key
    under = ", ".join(f"{name} {value}" for name, value in key._asdict().items() if name != "quarter" and value != "")
    return f"{key.quarter:%Y-%m-%d %H:%MZ} {under}: {_compared(found.stored, found.counted)}"


def _compared(stored: FactTally, counted: FactTally) -> str:
    pairs = [(each.name, getattr(stored, each.name), getattr(counted, each.name)) for each in fields(FactTally)]
    return ", ".join(f"{name} {ours} stored, {theirs} by the events" for name, ours, theirs in pairs if ours != theirs)
