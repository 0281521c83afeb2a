"""How long a session lasts: without a sign of life, and at all. Roles say it; of several roles the shortest counts.

A sign of life is a page that is opened, a form that is sent, or a key or the mouse on an open page (`ui/sign_in.js`
tells); parts that a page fetches by itself are none. Sessions run by the machine's clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from indgang.accounts.models import Person, RoleAssignment, RoleSignOn
from indgang.accounts.roles import ROLES
from indgang.audit import trail

#: hours that a session lasts when the roles say nothing
HOURS = 12
#: what the session knows: when it ends unless there is a sign of life, when it ends at all, and how long it may idle
ENDS, LAST_END, IDLE = "ends", "last_end", "idle"
#: seconds within which a second sign of life changes nothing
_SOON = 20


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Seconds; `idle` 0 is no limit."""

    whole: int
    idle: int


def of(person: Person, on: date) -> SessionLimits:
    """The limits for the roles that `person` has on that day."""
    held = RoleAssignment.objects.valid_on(on).filter(person=person).values("role")
    rows = list(RoleSignOn.objects.filter(role__in=held))
    idle = min((row.idle_minutes for row in rows if row.idle_minutes), default=0)
    return SessionLimits(min((row.session_hours for row in rows), default=HOURS) * 3600, idle * 60)


def begin(session: SessionBase, limits: SessionLimits) -> None:
    now = round(time.time())
    session[LAST_END], session[IDLE] = now + limits.whole, limits.idle
    _set_end(session, now)


def sign_of_life(session: SessionBase) -> None:
    """The person is there: the session may go on, to its last end at most."""
    idle, now = session.get(IDLE), round(time.time())
    if idle and session[ENDS] - now < min(idle, session[LAST_END] - now) - _SOON:
        _set_end(session, now)


def seconds_left(session: SessionBase) -> int | None:
    """None when the session does not know."""
    ends = session.get(ENDS)
    return max(0, round(ends - time.time())) if isinstance(ends, int) else None


def _set_end(session: SessionBase, now: int) -> None:
    idle, last = session[IDLE], session[LAST_END]
    session[ENDS] = min(last, now + idle) if idle else last
    session.set_expiry(datetime.fromtimestamp(session[ENDS], UTC))


@transaction.atomic
def set_for(
    role: str, *, session_hours: int, idle_minutes: int, needs_second_factor: bool, by: trail.Actor, at: datetime
) -> None:
    """What holds from the next sign-in of whoever has the role. Raises KeyError for an unknown role."""
    row, _made = RoleSignOn.objects.select_for_update().get_or_create(role=ROLES[role].code)
    after = {
        "session_hours": session_hours, "idle_minutes": idle_minutes, "needs_second_factor": needs_second_factor,
    }  # fmt: skip
    before = {field: getattr(row, field) for field in after}
    if before == after:
        return
    for field, value in after.items():
        setattr(row, field, value)
    row.save(update_fields=list(after))
    trail.record(by=by, at=at, action="sign_on.set_for_role", target=row, before=before, after=after)
