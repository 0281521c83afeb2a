"""`indgang availability verify --from 2026-11-01 --to 2026-11-30`: compute stored days again and report differences."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.core import clock
from indgang.entry.team import recomputed_windows
from indgang.entry.team.recomputed_windows import NIGHTLY_DAYS, DayDeviation
from indgang.workforce import own_day


class Command(BaseCommand):
    help = "Availability agreements: `verify` computes the stored days of the windows again and compares"

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="print what differs; exit code 1 if anything does")
        verify.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day")
        verify.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day")

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        first = options["first"] or today - timedelta(days=NIGHTLY_DAYS)
        last = min(options["last"] or today, today - timedelta(days=1))
        if last < first:
            raise CommandError("no day between these two is over", returncode=2)
        known = own_day.known_since(today)
        if first < known:
            raise CommandError(f"absences before {known} have been deleted: begin there or later", returncode=2)
        wrong = 0
        for each in recomputed_windows.deviations(first, last, at=clock.now()):
            wrong += 1
            self.stdout.write(_words(each))
        days = (last - first).days + 1
        if wrong:
            raise CommandError(f"{days} days computed again: {wrong} figures differ")
        self.stdout.write(f"{days} days computed again: no differences")


def _words(found: DayDeviation) -> str:
    stored, again = (_figure(each) for each in (found.stored, found.recomputed))
    return f"{found.day} window {found.window} {found.column}: {stored} stored, {again} recomputed"


def _figure(value: Any) -> str:
    return "no row" if value is None else f"{len(value)} ({value})" if isinstance(value, list) else str(value)
