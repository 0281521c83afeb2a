"""Times that can be promised with one choice: answers within opening hours, and calls within the unit's windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils.translation import gettext as _

from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.clock import COPENHAGEN, day_of, in_utc
from indgang.core.ranges import RangeSet, TimeRange
from indgang.core.schedule import Schedule
from indgang.handover import call_windows, promises
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.promises import PromisedTime
from indgang.handover.time_words import moment
from indgang.workforce.window_words import clock

#: an answer within so much opening time
SOON = timedelta(hours=2)
#: a promise that ends sooner than this is not suggested: nobody could keep it
SHORTEST = timedelta(minutes=30)
#: the usual length of a slot for a call, how many are suggested, and how many days ahead they are looked for
SLOT, MOST_SLOTS, DAYS_AHEAD = timedelta(hours=2), 5, 14
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class SuggestedTime:
    """A time with its words, such as "I dag senest kl. 16.00". `value` is the form's text for it."""

    label: str
    time: PromisedTime

    @property
    def value(self) -> str:
        starts = in_utc(self.time.starts).isoformat() if self.time.starts else ""
        return f"{starts}/{in_utc(self.time.due).isoformat()}"


def read(value: str) -> PromisedTime | None:
    """The time of a `SuggestedTime.value`; None for any other text."""
    starts, slash, due = value.partition("/")
    try:
        times = [datetime.fromisoformat(each) for each in (due, starts) if each]
    except ValueError:
        return None
    if not slash or not due or any(each.tzinfo is None for each in times):
        return None
    return PromisedTime(*times)


def with_chosen(found: list[SuggestedTime], value: str, at: datetime) -> list[SuggestedTime]:
    """The suggestions, and the one that was chosen earlier if its time has not passed."""
    time = read(value)
    if time is None or time.due <= at or any(each.value == value for each in found):
        return found
    label = (
        _slot_words(time.starts, time.due, at) if time.starts else _("Senest %(time)s") % {"time": moment(time.due, at)}
    )
    return [*found, SuggestedTime(label, time)]


def of_answers(centre: ContactCentre | None, at: datetime) -> list[SuggestedTime]:
    """Within two hours of opening time, today before closing, and at noon of the next open day."""
    schedule = _schedule(centre)
    found = [*_soon(schedule, at), *_before_closing(schedule, at), *_noon_of_next_day(schedule, at)]
    return list({each.time: each for each in reversed(found)}.values())[::-1]


def of_calls(centre: ContactCentre | None, service: Service | None, at: datetime) -> list[SuggestedTime]:
    """The next slots in which somebody of the unit can call; without an agreement, those of the opening hours."""
    slots = (slot for span in _callable(centre, service, at) for slot in _slots(span, at))
    return [SuggestedTime(_slot_words(*slot, at), PromisedTime(slot[1], slot[0])) for slot in islice(slots, MOST_SLOTS)]


def _schedule(centre: ContactCentre | None) -> Schedule:
    return hours.schedule_of(centre.schedule) if centre else OFFICE_HOURS


def _soon(schedule: Schedule, at: datetime) -> Iterator[SuggestedTime]:
    due = schedule.after_open_seconds(at, SOON.total_seconds())
    if due is not None and due <= at + timedelta(days=DAYS_AHEAD):
        hours_ahead = int(SOON.total_seconds() // 3600)
        words = {"hours": hours_ahead, "time": moment(due, at)}
        yield SuggestedTime(_("Inden for %(hours)s åbningstimer (%(time)s)") % words, PromisedTime(due))


def _before_closing(schedule: Schedule, at: datetime) -> Iterator[SuggestedTime]:
    for _start, closes in reversed(schedule.spans(day_of(at))):
        if closes is not None and closes >= at + SHORTEST:
            words = {"time": clock(closes.astimezone(COPENHAGEN).time())}
            yield SuggestedTime(_("I dag senest kl. %(time)s") % words, PromisedTime(closes))
        return


def _noon_of_next_day(schedule: Schedule, at: datetime) -> Iterator[SuggestedTime]:
    """Noon, or when it closes on a day that ends before or begins after noon."""
    for day in _days(day_of(at) + timedelta(days=1)):
        spans = schedule.spans(day)
        if spans and spans[-1].end is not None:
            noon = datetime.combine(day, _NOON, COPENHAGEN)
            is_open = any(noon - timedelta(microseconds=1) in span for span in spans)
            due = noon if is_open else spans[-1].end
            yield SuggestedTime(_("Senest %(time)s") % {"time": moment(due, at)}, PromisedTime(due))
            return


def _callable(centre: ContactCentre | None, service: Service | None, at: datetime) -> Iterator[TimeRange]:
    """The spans in which a call can be promised, in order: somebody of the unit can be reached, and it is open."""
    schedule = _schedule(centre)
    for day in _days(day_of(at)):
        opened, windows = RangeSet(schedule.spans(day)), _windows(service, day, at)
        yield from opened if windows is None else windows.intersection(opened)


def _windows(service: Service | None, day: date, at: datetime) -> RangeSet[TimeRange] | None:
    """The spans of a day in which somebody of a window for calls is there; None when no agreement limits them. One for
    chats alone leaves no time for a call."""
    if service is None:
        return None
    times = call_windows.of(service, max(at, datetime.combine(day, time(0), COPENHAGEN)))
    return None if times is None else times.manned


def is_for_chats_only(service: Service, at: datetime) -> bool:
    """Whether the hours agreed for today about the service are for chats alone, so that nobody has promised to
    call."""
    times = call_windows.of(service, at)
    return times is not None and times.only_chats


def why_no_calls(service: Service | None, found: list[SuggestedTime], at: datetime) -> str:
    """Why no time was found at which somebody can be called about the service; empty when some were, or when other
    times can be agreed on."""
    if found or service is None or not is_for_chats_only(service, at):
        return ""
    return promises.only_chats()


def _slots(span: TimeRange, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Pieces of a span that begin no earlier than now, on whole quarters of an hour."""
    if span.start is None or span.end is None:
        return
    start = max(span.start, _next_quarter(at))
    while start + SHORTEST <= span.end:
        end = min(start + SLOT, span.end)
        yield start, end
        start = end


def _next_quarter(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    over = whole.minute % 15
    return whole if whole == at and not over else whole + timedelta(minutes=15 - over)


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(DAYS_AHEAD))


def _slot_words(start: datetime, end: datetime, at: datetime) -> str:
    return f"{moment(start, at)}–{clock(end.astimezone(COPENHAGEN).time())}"
