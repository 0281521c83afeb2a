"""Promises that can no longer be kept as they are, because their day was closed after they were made, or because the
agreement ended in whose windows a call was promised.

Neither is promised (`promises.refuse`), but a closing day or an end can be planned later. Then the leaders of the
centre get an alert with the numbers until another time has been agreed, and the lists mark the hand-overs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.core.schedule import Schedule
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.handover import counted_hours, promises
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.models import Handover, Promise
from indgang.routing.availability.reachability import HORIZON_DAYS
from indgang.routing.availability.windows import Medium
from indgang.workforce import availability
from indgang.workforce.models import AvailabilityAgreement

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
    """The numbers of those with a promised call for which their unit has ended the windows."""
    return {number for _centre, number in _without_window(at, list(handovers))}


def _without_window(at: datetime, only: Sequence[Handover] | None = None) -> Iterator[tuple[int | None, int]]:
    """The centre and number of promised calls whose unit has ended an agreement since, and has no window then."""
    ends: dict[int, list[date]] = defaultdict(list)
    lately = AvailabilityAgreement.objects.signed().filter(valid_to__gt=day_of(at - promises.FURTHEST))
    for unit, end in lately.values_list("unit", "valid_to"):
        ends[unit].append(end)
    calls = Promise.objects.filter(state=Promise.State.OPEN, due_at__gt=at, starts_at__isnull=False)
    if only is not None:
        calls = calls.filter(handover__in=only)
    named = ("handover__centre", "service__unit", "service__code", "made_at", "starts_at", "due_at", "handover__number")
    rows = [
        row
        for row in calls.filter(service__unit__in=list(ends)).order_by("due_at").values_list(*named)
        if any(day_of(row[3]) < end <= day_of(row[5]) for end in ends[row[1]])
    ]
    windows = _Windows({row[2] for row in rows}, at) if rows else None
    for centre, _unit, service, _made, starts, due, number in rows:
        if windows is not None and not windows.meet(service, TimeRange(starts, due)):
            yield centre, number


class _Windows:
    """The windows by telephone of some services, as far ahead as anything is promised."""

    def __init__(self, services: set[str], at: datetime) -> None:
        ahead = range(0, promises.FURTHEST.days + 1, HORIZON_DAYS)
        self._facts = [availability.facts(at + timedelta(days=days), services=services) for days in ahead]

    def meet(self, service: str, slot: TimeRange) -> bool:
        """Whether one of them is open during the slot."""
        day = day_of(slot.start) if slot.start else date.max
        return any(
            span.intersection(slot)
            for facts in self._facts
            for window in facts.windows_of.get(service, ())
            if Medium.PHONE in window.media
            for span in facts.spans(window, day)
        )


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
