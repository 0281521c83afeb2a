"""Whether one person can be asked now, whatever the subject: by their windows, their absences and their desk."""

from __future__ import annotations

from datetime import datetime

from indgang.routing.availability.reachability import HINDRANCES, Available, Hindrance, Precedence, Unavailable
from indgang.routing.availability.windows import AtDesk, Availability, Person

#: stands for the window of somebody who is asked outside any
NO_WINDOW = 0


def reach(facts: Availability, person: Person, at: datetime) -> Available | Unavailable | None:
    """The answer about one person; None when nothing is known: no window is open, and they are not at a desk.

    `facts.windows` are those of the person. Somebody who is free at their desk can be asked outside their windows too.
    """
    absence = facts.absence_at(person, at)
    if absence is not None:
        return Unavailable(person, Hindrance.ABSENT, NO_WINDOW, absence.reason, absence.during.end)
    desk = facts.desks.get(person, AtDesk.SIGNED_OUT)
    if desk in HINDRANCES:
        return Unavailable(person, HINDRANCES[desk], NO_WINDOW)
    opened = [window for window in facts.windows if person in window.people and facts.is_open(window, at)]
    if not opened and desk is not AtDesk.FREE:
        return None
    closes = [facts.closes_at(window, at) for window in opened]
    last = None if None in closes else max((each for each in closes if each is not None), default=None)
    ends = [each for each in (last, facts.next_absence(person, at)) if each is not None]
    return Available(
        person,
        Precedence.PROMISED,
        opened[0].id if opened else NO_WINDOW,
        min(ends, default=None),
        person in facts.reported,
    )
