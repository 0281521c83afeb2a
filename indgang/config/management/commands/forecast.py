"""`indgang forecast tmf-hovednummer --to 2026-12-31`: the calls that a queue will get each day, with ranges."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, timedelta
from math import isnan
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning import call_history, forecasts
from indgang.staffing.forecast import bands
from indgang.staffing.forecast.accuracy import HORIZONS
from indgang.staffing.forecast.forecaster import Forecast
from indgang.staffing.need import Impossible

#: days that are printed when no last day is given
_DAYS = 28


class Command(BaseCommand):
    help = "calls of a queue in the days to come, from what was counted until yesterday; stores nothing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", help="code of a queue")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="first day, 2026-12-01; today")
        parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last day, at most a year ahead")
        parser.add_argument("--json", action="store_true", help="print JSON, with the intervals of each day")

    def handle(self, *args: Any, **options: Any) -> None:
        queue = Queue.objects.select_related("centre__schedule", "schedule").filter(code=options["queue"]).first()
        if queue is None:
            raise CommandError(f"There is no queue {options['queue']!r}.", returncode=2)
        today = clock.today()
        first = options["first"] or today
        end = forecasts.last_day(today)
        last = options["last"] or min(min(first, end) + timedelta(days=_DAYS - 1), end)
        if not today <= first <= last <= end:
            raise CommandError(f"--from and --to are days in order, from {today} to {end}.", returncode=2)
        try:
            made = forecasts.compute(queue, today, (last - today).days + 1)
        except Impossible as error:
            raise CommandError(f"No forecast: {error}.", returncode=3) from error
        skip = (first - today).days
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(queue, made, skip), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(made, skip)))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _days(made: Forecast, skip: int) -> Iterator[dict[str, Any]]:
    narrow, wide = made.day_band(bands.NARROW), made.day_band(bands.WIDE)
    for number in range(skip, len(made.calls)):
        yield {
            "day": (made.first + timedelta(days=number)).isoformat(),
            "calls": round(float(made.day_calls[number]), 1),
            "mean_of_eight_weeks": _mean(float(made.mean[number].sum())),
            "range_80": [int(narrow[0][number]), int(narrow[1][number])],
            "range_95": [int(wide[0][number]), int(wide[1][number])],
        }


def _as_data(queue: Queue, made: Forecast, skip: int) -> dict[str, Any]:
    handled = forecasts.handling(queue, made.first)
    days = list(_days(made, skip))
    for number, day in enumerate(days, skip):
        day["intervals"] = [round(float(each), 3) for each in made.calls[number]]
    return {
        "queue": queue.code, "interval_minutes": 1440 // call_history.PER_DAY,
        "handling_seconds": None if handled is None else round(handled.mean, 1),
        "remarks": [
            {"kind": each.kind.value, "number": round(each.number, 1), "says": each.says} for each in made.remarks
        ],
        "left_out": [
            {"day": each.day.isoformat(), "counted": each.counted, "expected": round(each.expected, 1)}
            for each in made.outliers
        ],
        "measured_on_the_past": [
            {
                "days_ahead": list(ahead), "days": each.accuracy.days, "error": _share(each.accuracy.error),
                "error_of_mean": _share(each.accuracy.mean_error), "weight_of_model": round(each.weight, 2),
            }
            for ahead, each in zip(HORIZONS, made.horizons, strict=True)
        ],
        "days": days,
    }  # fmt: skip


def _mean(calls: float) -> float | None:
    """None where nothing was counted yet."""
    return None if isnan(calls) else round(calls, 1)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _lines(made: Forecast, skip: int) -> Iterator[str]:
    yield "day         calls  80 %         95 %         mean of eight weeks"
    for each in _days(made, skip):
        narrow, wide = ("{}-{}".format(*each[name]) for name in ("range_80", "range_95"))
        mean = "none" if each["mean_of_eight_weeks"] is None else f"{each['mean_of_eight_weeks']:.0f}"
        yield f"{each['day']}  {each['calls']:>5.0f}  {narrow:<11}  {wide:<11}  {mean}"
    for odd in made.outliers:
        yield f"left out: {odd.day}, {odd.counted:.0f} calls counted, {odd.expected:.0f} expected"
    for remark in made.remarks:
        yield f"{remark.kind.value}: {remark.number:.0f} {remark.says}".rstrip()
