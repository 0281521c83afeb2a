"""When a unit can call about a service by the windows that it has promised: while one by telephone is open and
somebody of it, or a substitute, is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from indgang.catalogue.models import Service
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.routing.availability.windows import Availability, Medium, Window
from indgang.workforce import availability


@dataclass(frozen=True, slots=True)
class CallTimes:
    """What is agreed about calls on a day: the hours of the windows by telephone, and those parts in which somebody is
    there. `only_chats`: something is agreed, and all of it is for chats."""

    hours: RangeSet[TimeRange]
    manned: RangeSet[TimeRange]
    only_chats: bool = False

    def carry(self, slot: TimeRange, at: datetime) -> bool:
        """Whether a call within the slot can be made by them, or could have been if its part of the hours is over."""
        within = self.hours.intersection(RangeSet([slot]))
        ahead = RangeSet([TimeRange(at, None)])
        left = within.intersection(ahead)
        return bool(left.intersection(self.manned)) if left else bool(within)


def of(service: Service, moment: datetime) -> CallTimes | None:
    """The times of the day of the moment, as is known at the moment; None when no agreement of that day says anything
    about the service."""
    return of_day(availability.facts(moment, services=[service.code]), service.code, moment)


def of_day(facts: Availability, service: str, moment: datetime) -> CallTimes | None:
    """The same from facts that are read already; the service by its code."""
    day = day_of(moment)
    agreed = facts.windows_on(service, day)
    if not agreed:
        return None
    lines = [window for window in agreed if Medium.PHONE in window.media]
    hours = RangeSet(span for window in lines for span in facts.spans(window, day))
    manned = RangeSet(span for window in lines for span in _manned(facts, window, moment))
    return CallTimes(hours, manned, only_chats=not lines)


def _manned(facts: Availability, window: Window, moment: datetime) -> Iterator[TimeRange]:
    day = day_of(moment)
    spans = RangeSet(facts.spans(window, day))
    for person in window.people:
        yield from spans.difference(facts.unreachable_time(person, day))


def begin_of_day(moment: datetime, at: datetime) -> datetime:
    """The first moment of that day that is not over at `at`."""
    return max(at, datetime.combine(day_of(moment), time(0), COPENHAGEN))
