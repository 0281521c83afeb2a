"""Promises that can no longer be kept as they are, because their day was closed after they were made.

Nothing is promised for a closed day (`promises.refuse`), but a closing day can be planned later. Then the leaders of
the centre get an alert with the numbers until another time has been agreed, and the lists mark the hand-overs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.schedule import Schedule
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.handover import counted_hours
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.models import Promise

#: lasts as long as a centre, or where office hours count no centre, has such promises
CLOSED = "promise_closed "
#: numbers that an alert names
_NAMED = 10


@transaction.atomic
def tell(*, at: datetime) -> None:
    """Begin, bring up to date and end the alerts, one for each centre whose hours count."""
    found: dict[int | None, list[int]] = defaultdict(list)
    centres = {centre.pk: centre for centre in counted_hours.all_centres()}
    for centre, number in _closed(centres, at):
        found[centre].append(number)
    for centre, numbers in found.items():
        alerts.begin(_code(centre), _text(numbers), at=at, centre=centres[centre] if centre else None)
    codes = {_code(centre) for centre in found}
    for code in Alert.objects.filter(code__startswith=CLOSED, over_at=None).values_list("code", flat=True):
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


class _Units:
    """The centres of units, for hand-overs that came to none; the units are read when the first is asked for."""

    def __init__(self, centres: Mapping[int, ContactCentre]) -> None:
        self._centres, self._units = centres, dict[int, Unit]()

    def centre_of(self, unit: int, sent: datetime) -> int | None:
        if not self._units:
            self._units = Unit.objects.in_bulk()
        found = counted_hours.nearest(self._units[unit], day_of(sent), self._centres.values())
        return found.pk if found else None


def _code(centre: int | None) -> str:
    return f"{CLOSED}{centre or ''}"


def _text(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers[:_NAMED]) + ("…" if len(numbers) > _NAMED else "")
