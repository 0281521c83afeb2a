"""`indgang gaps`: what the website could have answered, ranked by what could be saved, and what measures did.

`--from` and `--to` choose the days (both included), `--share` the part of the callers who find an answer online.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from indgang.analysis import gap_data, gap_rows, kept_gaps
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gaps.ranking import Uptake
from indgang.core import clock
from indgang.measures.period import Period
from indgang.ui.site_pages import page_at

_USUAL_DAYS = 90


class Command(BaseCommand):
    help = "what the website could have answered, and the effect of measures"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", metavar="DAY", help="the first day (90 days ago)")
        parser.add_argument("--to", dest="last", metavar="DAY", help="the last day (today)")
        parser.add_argument("--share", type=float, default=0.5, help="of those answered online who do not call (0.5)")
        parser.add_argument("--measures", action="store_true", help="measures with their effect instead of gaps")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["measures"]:
            rows = GapMeasure.objects.select_related("service__unit", "purpose", "owner")
            found: dict[str, Any] = {"measures": gap_data.of_measures(list(rows), today=clock.today()), "left_out": 0}
        else:
            found = self._gaps(options)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for line in _measure_lines(found["measures"]) if options["measures"] else _gap_lines(found):
            self.stdout.write(line)

    def _gaps(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            last = date.fromisoformat(options["last"]) if options["last"] else clock.today()
            first = date.fromisoformat(options["first"]) if options["first"] else last - timedelta(_USUAL_DAYS - 1)
            uptake = Uptake.about(options["share"])
            period = Period.days(first, last)
        except (ValueError, OverflowError) as error:
            said = f"--from and --to are days (2026-03-11), --share above 0 to 1: {error}"
            raise CommandError(said, returncode=2) from error
        if last < first:
            raise CommandError("--from must not be after --to", returncode=2)
        try:
            found = kept_gaps.find(period, Q(), today=clock.today(), at=clock.now(), uptake=uptake)
        except gap_rows.TooManyRows as error:
            raise CommandError(f"more than {gap_rows.MOST:,} rows; choose fewer days", returncode=2) from error
        return gap_data.of_gaps(found, period, visits=Q(), page_at=page_at)


def _gap_lines(found: dict[str, Any]) -> list[str]:
    head = f"{found['questions']} questions on {found['days']} days; {_or_few(found['needing_person'])} need a person"
    return [head, *(_gap_line(each) for each in found["gaps"])]


def _gap_line(gap: dict[str, Any]) -> str:
    saved = gap["saved_enquiries_a_year"]
    return (
        f"{'–' if saved is None else format(saved['value'], ','):>6}  {gap['kind']:8}  {gap['code'][:50]:50}"
        f"  {_or_few(gap['questions']):>6} asked, {_or_few(gap['searches']['number'])} searches"
    )


def _or_few(number: int | None) -> str:
    return "<5" if number is None else str(number)


def _measure_lines(measures: list[dict[str, Any]]) -> list[str]:
    return [
        f"{each['state']:10} {each['published_on'] or '':10}  {each['title'][:50]:50}"
        f"  {each['effect']['verdict'] if each['effect'] else 'not measured'}"
        for each in measures
    ]  # fmt: skip
