"""`indgang moves tmf-byggeri`: the services that move into a queue, and those that the rollout plan offers.

Changes are made for somebody who plans for the queue's centre: `--take 2 --by gerda` takes the services of stage 2 into
the forecast, `--follow --by gerda` gives those that were taken the days and volumes that the plan has now.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.config import acting
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning.call_changes import MOST_YEARS
from indgang.planning.models.forecasts import MOST_RAMP_DAYS
from indgang.programme.rollout import forecast_moves, moves_listing
from indgang.programme.rollout.models import RolloutStage
from indgang.programme.rollout.moved_volume import MovedPart


class Command(BaseCommand):
    help = "services that move into a queue by a rollout plan, in its forecast"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", help="code of a queue")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--take", type=int, metavar="STAGE", help="take the services of this stage")
        change.add_argument("--follow", action="store_true", help="update what was taken to the plan of today")
        parser.add_argument("--service", action="append", metavar="CODE", help="only these services; repeatable")
        parser.add_argument(
            "--counts", choices=[each.value for each in MovedPart], default=MovedPart.ALL.value,
            help="all enquiries that do not become digital, or those that the centre resolves",
        )  # fmt: skip
        parser.add_argument("--by-phone", type=int, metavar="PERCENT", help="of the enquiries that are calls")
        parser.add_argument("--ramp-days", type=int, default=0, metavar="DAYS", help="until all calls come here")
        parser.add_argument("--by", metavar="USERNAME", help="who makes the change: somebody who plans for the centre")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["queue"].replace("\0", "")
        queue = Queue.objects.valid_on(clock.today()).select_related("centre__owner").filter(code=code).first()
        if queue is None:
            raise CommandError(f"There is no queue {options['queue']!r}.", returncode=2)
        if options["take"] is not None:
            _take(queue, options)
        elif options["follow"]:
            with acting.as_planner(options["by"], queue.centre) as person:
                forecast_moves.follow_plan(queue, by=person, at=clock.now())
        with translation.override("en"):
            found = moves_listing.as_data(queue, today=clock.today())
        text = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(_lines(found))
        self.stdout.write(text)


def _take(queue: Queue, options: dict[str, Any]) -> None:
    by_phone, ramp_days = options["by_phone"], options["ramp_days"]
    if by_phone is not None and not 1 <= by_phone <= 100:
        raise CommandError("--by-phone is a percentage from 1 to 100", returncode=2)
    if not 0 <= ramp_days <= MOST_RAMP_DAYS:
        raise CommandError(f"--ramp-days is a number of days from 0 to {MOST_RAMP_DAYS}", returncode=2)
    stage = _stage(queue, options["take"])
    with acting.as_planner(options["by"], queue.centre) as person:
        forecast_moves.take(
            queue, stage, options["service"], part=MovedPart(options["counts"]), by_phone=by_phone,
            ramp_days=ramp_days, by=person, at=clock.now(),
        )  # fmt: skip


def _stage(queue: Queue, number: int) -> RolloutStage:
    plan = forecast_moves.plan_of(queue)
    stages = {each.number: each for each in plan.stages.select_related("plan")} if plan else {}
    if number not in stages:
        known = ", ".join(map(str, sorted(stages))) or "none"
        raise CommandError(f"{queue.centre.code} has no stage {number} in an open plan; stages: {known}", returncode=2)
    return stages[number]


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"moves into {found['queue']}" if found["moves"] else f"nothing moves into {found['queue']}"
    for each in found["moves"]:
        yield f"  {each['first']}  {each['calls_a_year']:>8,} calls a year  {each['name']}  ({each['source']})"
        yield from (f"    {line}" for line in _misfits(each))
    for stage in found["stages"]:
        yield f"stage {stage['number']}: {stage['name']}, {stage['day']}"
        yield from (f"  {_offer(each)}" for each in stage["services"])


def _misfits(each: dict[str, Any]) -> Iterator[str]:
    said = {
        "day": f"the plan says {each['planned_first']}", "calls": f"there are {each['planned_calls_a_year']} calls",
        "gone": "no longer in the plan", "far": f"more than {MOST_YEARS} years away: it cannot follow",
    }  # fmt: skip
    yield from (said[reason] for reason in each["misfits"])


def _offer(each: dict[str, Any]) -> str:
    volume = each["volume"]
    said = f"{volume['enquiries_a_year']:,} enquiries a year ({volume['source']})" if volume else "no documented volume"
    reason = {
        "taken": f"; in {each['taken_in']}", "by_hand": "; typed by hand",
        "far": f"; {each['first']} is more than {MOST_YEARS} years away",
    }.get(each["why_not"] or "", "")  # fmt: skip
    return f"{each['service']}  {each['name']}: {said}{reason}"
