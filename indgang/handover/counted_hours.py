"""The contact centre whose opening hours count for a hand-over, also when the question came to no centre.

A case worker serves no queue, so an enquiry that came directly to them has no centre. Then the hours of the centre of
their unit count, or office hours, so that nothing is promised for a night and no deadline runs on a Sunday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from indgang.catalogue import hours
from indgang.catalogue.hours import Opening
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.ranges import ALWAYS
from indgang.core.schedule import Schedule, Weekly

#: the hours where neither the question nor the unit has a centre
OFFICE_HOURS = Schedule(tuple(Weekly(day, time(9), time(15), ALWAYS) for day in range(5)))


def when_closed(schedule: Schedule, *, due: datetime, starts: datetime | None) -> tuple[datetime, Opening] | None:
    """The first moment of a promised time that is closed, and why; None when the time can be kept."""
    # a promise may end when the doors close
    for moment in (due - timedelta(microseconds=1), starts):
        if moment is not None and not schedule.is_open(moment):
            return moment, hours.opening(schedule, moment)
    return None


def centre_for(centre: ContactCentre | None, unit: Unit | None, on: date) -> ContactCentre | None:
    """The centre that the question came to, else the nearest one of the unit; None where office hours count."""
    if centre is not None or unit is None:
        return centre
    return nearest(unit, on, all_centres())


def all_centres() -> list[ContactCentre]:
    return list(ContactCentre.objects.select_related("owner", "operator", "schedule"))


def nearest(unit: Unit, on: date, centres: Iterable[ContactCentre]) -> ContactCentre | None:
    """The centre that the unit, or else its nearest superior unit, owns or operates on that day; of two, the first by
    name."""
    found = [(_closeness(unit, each), each) for each in centres if each.valid_on(on)]
    closeness, centre = max(found, key=lambda pair: pair[0], default=(0, None))
    return centre if closeness else None


def _closeness(unit: Unit, centre: ContactCentre) -> int:
    """The length of the path that the unit shares with the centre; 0 when the centre belongs elsewhere."""
    own = [side for side in (centre.owner, centre.operator) if side.contains(unit)]
    return max((len(side.path) for side in own), default=0)
