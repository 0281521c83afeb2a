"""Promises that can no longer be kept as they are, because their day was closed after they were made, or because no
window carries a promised call any more: it was shortened, moved or ended, or everybody of it is away then.

Neither is promised (`promises.refuse`), but all of it can happen later. Then the leaders of the centre get an alert
with the numbers until another time has been agreed, and the lists mark the hand-overs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Prefetch

from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.ranges import RangeSet, TimeRange
from indgang.core.schedule import Schedule
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.handover import call_windows, counted_hours
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.models import Handover, Promise
from indgang.routing.availability.windows import Availability
from indgang.workforce import availability

#: lasts as long as a centre, or where office hours count no centre, has such promises
CLOSED, NO_WINDOW = "promise_closed ", "promise_no_window "
#: numbers that an alert names
_NAMED = 10


@transaction.atomic
def tell(*, at: datetime) -> None:
    """Begin, bring up to date and end the alerts, one of each kind for each centre."""
    centres = {centre.pk: centre for centre in counted_hours.all_centres()}
    _tell(CLOSED, _closed(centres, at), centres, at)
    _tell(NO_WINDOW, _without_window(at), centres, at)


def _tell(
    kind: str, found: Iterable[tuple[int | None, int]], centres: Mapping[int, ContactCentre], at: datetime
) -> None:
    numbers: dict[int | None, list[int]] = defaultdict(list)
    for centre, number in found:
        numbers[centre].append(number)
    for centre, of_centre in numbers.items():
        alerts.begin(_code(kind, centre), _text(of_centre), at=at, centre=centres[centre] if centre else None)
    codes = {_code(kind, centre) for centre in numbers}
    for code in Alert.objects.filter(code__startswith=kind, over_at=None).values_list("code", flat=True):
        if code not in codes:
            alerts.end(code, at=at)


def _closed(centres: Mapping[int, ContactCentre], at: datetime) -> Iterator[tuple[int | None, int]]:
    """The centre whose hours count, and the number of the hand-over, in a few queries. Each time is looked at once."""
    schedules, units = hours.all_schedules(), _Units(centres)
    known: dict[tuple[int | None, datetime, datetime | None], bool] = {}
    rows = Promise.objects.filter(state=Promise.State.OPEN, due_at__gt=at).order_by("due_at")
    named = ("handover__centre", "unit", "handover__sent_at", "due_at", "starts_at", "handover__number")
    for own, unit, sent, due, starts, number in rows.values_list(*named):
        centre = own or units.centre_of(unit, sent)
        key = (centre, due, starts)
        if key not in known:
            schedule = schedules[centres[centre].schedule.code] if centre else OFFICE_HOURS
            known[key] = _is_closed(schedule, due, starts)
        if known[key]:
            yield centre, number


def _is_closed(schedule: Schedule, due: datetime, starts: datetime | None) -> bool:
    return counted_hours.when_closed(schedule, due=due, starts=starts) is not None


def without_window(handovers: Iterable[Handover], *, at: datetime) -> set[int]:
    """The numbers of those with a promised call that no window of their unit carries any more."""
    return {call.number for call in _uncarried(at, list(handovers))}


def without_person(handovers: Iterable[Handover], *, at: datetime) -> set[UUID]:
    """Those of them whose person is away the whole time of the call."""
    return {call.handover for call in _uncarried(at, list(handovers)) if call.is_person_away}


def _without_window(at: datetime) -> Iterator[tuple[int | None, int]]:
    return ((call.centre, call.number) for call in _uncarried(at))


@dataclass(frozen=True, slots=True)
class _Uncarried:
    """A promised call for which a window was agreed and in which nobody can make it any more."""

    handover: UUID
    number: int
    centre: int | None
    is_person_away: bool


def _uncarried(at: datetime, only: Sequence[Handover] | None = None) -> Iterator[_Uncarried]:
    """The windows were shortened, moved or ended since, or all their people are away then. A question that lies with a
    unit of another subject counts on no window."""
    calls = Promise.objects.filter(state=Promise.State.OPEN, due_at__gt=at, in_window=True)
    calls = calls.filter(service__unit__path__startswith=F("unit__path")).order_by("due_at")
    if only is not None:
        calls = calls.filter(handover__in=only)
    rows = list(calls.select_related("service").prefetch_related(_KEPT))
    for moment, calls_then in _days(rows, at).items():
        services = {call.service.code for call in calls_then if call.service is not None}
        facts = availability.facts(moment, services=services)
        # whoever has the call may be in no window of its subject any more
        holders = {person for call in calls_then if (person := call.handover.person_id) is not None}
        own = availability.facts_of(holders, moment) if holders else facts
        for call in calls_then:
            yield from _judged(call, facts, own, at)


#: the columns of the hand-over that are needed; its texts are long
_KEPT = Prefetch("handover", Handover.objects.only("number", "centre", "person"))


def _days(calls: Iterable[Promise], at: datetime) -> dict[datetime, list[Promise]]:
    """The calls of each day, by its first moment that is not over."""
    found: dict[datetime, list[Promise]] = defaultdict(list)
    for call in calls:
        if call.starts_at is not None and call.service is not None:
            found[call_windows.begin_of_day(call.starts_at, at)].append(call)
    return found


def _judged(call: Promise, facts: Availability, own: Availability, at: datetime) -> Iterator[_Uncarried]:
    assert call.starts_at is not None
    assert call.service is not None
    slot, handover = TimeRange(call.starts_at, call.due_at), call.handover
    times = call_windows.of_day(facts, call.service.code, max(call.starts_at, at))
    if times is not None and times.carry(slot, at):
        return
    rest = RangeSet([TimeRange(max(call.starts_at, at), call.due_at)])
    person = handover.person_id
    is_away = person is not None and not rest.difference(facts.absent_time(person)).difference(own.absent_time(person))
    yield _Uncarried(handover.pk, handover.number, handover.centre_id, is_away)


class _Units:
    """The centres of units, for hand-overs that came to none; the units are read when the first is asked for."""

    def __init__(self, centres: Mapping[int, ContactCentre]) -> None:
        self._centres, self._units = centres, dict[int, Unit]()

    def centre_of(self, unit: int, sent: datetime) -> int | None:
        if not self._units:
            self._units = Unit.objects.in_bulk()
        found = counted_hours.nearest(self._units[unit], day_of(sent), self._centres.values())
        return found.pk if found else None


def _code(kind: str, centre: int | None) -> str:
    return f"{kind}{centre or ''}"


def _text(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers[:_NAMED]) + ("…" if len(numbers) > _NAMED else "")
