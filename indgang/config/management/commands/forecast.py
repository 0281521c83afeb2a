"""`indgang forecast tmf-hovednummer --to 2026-12-31`: the calls that a queue will get each day, with ranges.

`--knowledge` prints what planners know of its calls instead. `--event FILE`, `--move FILE`, `--judge FILE` and
`--stand-in FILE` add to it for somebody who plans for the queue's centre (`--by gerda`), from the JSON of docs/api.md;
`--remove-event 3` and the like take it back, and `--renew` makes today's forecast anew.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from django.core.management.base import BaseCommand, CommandError

from indgang.accounts.models import Person
from indgang.api import forecast_knowledge
from indgang.api import forecasts as forecasts_api
from indgang.config import acting
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning import forecast_listing, forecasts, knowledge_listing
from indgang.planning.forecast_intervals import MINUTES
from indgang.staffing.need import Impossible

#: days that are printed when no last day is given
_DAYS = 28

Change: TypeAlias = Callable[[Queue, Person, datetime], None]

#: options with a file, and with a number: what they are about, and the action
_ADDED: Mapping[str, tuple[str, Callable[..., None]]] = {
    "event": ("a campaign, a mailing, a payment or the like", forecast_knowledge.add_event),
    "move": ("a service that moves, with its documented volume", forecast_knowledge.add_move),
    "judge": ("a day that is left out of the history, or kept in it", forecast_knowledge.judge_day),
    "stand-in": ("what stands in for the history: a similar queue or a counted week", forecast_knowledge.set_stand_in),
}
_REMOVED: Mapping[str, tuple[str, Callable[..., None]]] = {
    "remove-event": ("an event", forecast_knowledge.remove_event),
    "remove-move": ("a service that moves", forecast_knowledge.remove_move),
    "forget-day": ("what was said about a day", forecast_knowledge.forget_day),
}


class Command(BaseCommand):
    help = "calls of a queue in the days to come, from what was counted until yesterday; what planners know of them"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", help="code of a queue")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="first day, 2026-12-01; today")
        parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last day, at most a year ahead")
        parser.add_argument("--minutes", type=int, choices=MINUTES, default=MINUTES[0], help="length of an interval")
        parser.add_argument("--json", action="store_true", help="print JSON, with the intervals of each day")
        parser.add_argument("--by", metavar="USERNAME", help="who makes the change: somebody who plans for the centre")
        _add_changes(parser.add_mutually_exclusive_group())

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Queue.objects.select_related("centre__schedule", "centre__owner", "schedule")
        queue = rows.filter(code=options["queue"].replace("\0", "")).first()
        if queue is None:
            raise CommandError(f"There is no queue {options['queue']!r}.", returncode=2)
        change = _change(options)
        if options["renew"]:
            with acting.as_planner(options["by"], queue.centre):
                forecasts_api.renew(queue)
        elif change is not None:
            with acting.as_planner(options["by"], queue.centre) as person:
                change(queue, person, clock.now())
        if options["knowledge"] or change is not None:
            found = knowledge_listing.as_data(queue)
            self.stdout.write(acting.printed(found, _known, as_json=options["json"]))
        else:
            self._forecast(queue, options)

    def _forecast(self, queue: Queue, options: dict[str, Any]) -> None:
        """From what is counted and known now; nothing is stored."""
        today = clock.today()
        first = options["first"] or today
        end = forecasts.last_day(today)
        last = options["last"] or min(min(first, end) + timedelta(days=_DAYS - 1), end)
        if not today <= first <= last <= end:
            raise CommandError(f"--from and --to are days in order, from {today} to {end}.", returncode=2)
        try:
            made = forecasts.preview(queue, today, (last - today).days + 1)
        except Impossible as error:
            raise CommandError(f"No forecast: {error}.", returncode=3) from error
        found = forecast_listing.as_data(made, skip=(first - today).days, minutes=options["minutes"])
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _add_changes(change: Any) -> None:
    """The group of options of which one can be given."""
    change.add_argument("--knowledge", action="store_true", help="print what planners know of its calls")
    for option, (about, _add) in _ADDED.items():
        change.add_argument(f"--{option}", type=Path, metavar="FILE", help=f"add {about} from a JSON file")
    for option, (about, _remove) in _REMOVED.items():
        change.add_argument(f"--{option}", type=int, metavar="NUMBER", help=f"remove {about}")
    change.add_argument("--remove-stand-in", action="store_true", help="remove what stands in for the history")
    change.add_argument("--renew", action="store_true", help="make today's forecast anew and store it")


def _change(options: dict[str, Any]) -> Change | None:
    """The change of what planners know that the options name."""
    for option, (_about, add) in _ADDED.items():
        file = options[option.replace("-", "_")]
        if file is not None:
            return partial(_of_file, add, file)
    for option, (_about, remove) in _REMOVED.items():
        number = options[option.replace("-", "_")]
        if number is not None:
            return partial(_of_row, remove, number)
    return forecast_knowledge.remove_stand_in if options["remove_stand_in"] else None


def _of_file(add: Callable[..., None], file: Path, queue: Queue, by: Person, at: datetime) -> None:
    add(queue, acting.body(file), by, at)


def _of_row(remove: Callable[..., None], number: int, queue: Queue, by: Person, at: datetime) -> None:
    remove(queue, number, by, at)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _known(found: dict[str, Any]) -> Iterator[str]:
    for each in found["events"]:
        where = "all queues of the centre" if each["all_queues"] else found["queue"]
        days, more = f"{each['first']} to {each['last']}", f"{each['percent']:+} %" if each["percent"] else "not known"
        yield f"event {each['event']}: {each['name']} ({each['kind']}), {days}, {more}, {where}"
    for each in found["moves"]:
        yield f"move {each['move']}: {each['name']}, {each['calls_a_year']:,} calls a year from {each['first']}"
    for each in found["judged_days"]:
        yield f"day {each['judged_day']}: {each['day']} {'kept' if each['is_kept'] else 'left out'}: {each['reason']}"
    if (each := found["stand_in"]) is not None:
        said = each["similar"] or " ".join(map(str, each["week"]))
        yield f"stands in: {said}, times {each['scaling']:g} ({each['source']})"


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """Its days; of a single day its intervals too."""
    yield "day         calls  80 %         95 %         mean of eight weeks"
    for each in found["days"]:
        narrow, wide = ("{}-{}".format(*each[name]) for name in ("range_80", "range_95"))
        mean = "none" if each["mean_of_eight_weeks"] is None else f"{each['mean_of_eight_weeks']:.0f}"
        yield f"{each['day']}  {each['calls']:>5.0f}  {narrow:<11}  {wide:<11}  {mean}"
    if len(found["days"]) == 1:
        yield from _intervals(found["days"][0], found["interval_minutes"])
    for odd in found["outliers"]:
        yield f"left out: {odd['day']}, {odd['counted']:.0f} calls counted, {odd['expected']:.0f} expected"
    for remark in found["remarks"]:
        yield f"{remark['kind']}: {remark['number']:.0f} {remark['says']}".rstrip()


def _intervals(day: dict[str, Any], minutes: int) -> Iterator[str]:
    yield "from   calls  80 %         seconds  80 %"
    for number, calls in enumerate(day["intervals"]):
        if calls:
            begins = f"{number * minutes // 60:02}:{number * minutes % 60:02}"
            narrow = "{}-{}".format(*day["interval_ranges_80"][number])
            yield f"{begins}  {calls:>5.1f}  {narrow:<11}  {_seconds(day, number)}".rstrip()


def _seconds(day: dict[str, Any], number: int) -> str:
    """How long a call takes; nothing where none was handled yet."""
    if day["interval_seconds"] is None:
        return ""
    ranges = day["interval_seconds_ranges_80"]
    narrow = "" if ranges is None else "{:.0f}-{:.0f}".format(*ranges[number])
    return f"{day['interval_seconds'][number]:>7.0f}  {narrow}"
