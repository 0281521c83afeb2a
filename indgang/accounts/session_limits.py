"""How long a session lasts: without activity, and at most. Roles set the limits; of several roles the shortest limit
applies.

Activity is a page that is opened, a form that is sent, or the keyboard or mouse on an open page (`ui/sign_in.js`
reports it). Parts that a page fetches by itself do not count. Sessions use the machine's clock.
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

#: session keys: when the session ends without activity, when it ends at the latest, and how long it may idle
ENDS, LAST_END, IDLE = "ends", "last_end", "idle"
#: seconds within which further activity changes nothing
_SOON = 20


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """All in seconds; `idle` 0 means no limit."""

    whole: int
    idle: int


def of(person: Person, on: date) -> SessionLimits:
    """The limits for the roles that `person` has on that day."""
    held = RoleAssignment.objects.valid_on(on).filter(person=person).values_list("role", flat=True)
    kept = RoleSignOn.objects.in_bulk()
    rows = [kept.get(role) or RoleSignOn() for role in held] or [RoleSignOn()]
    idle = min((row.idle_minutes for row in rows if row.idle_minutes), default=0)
    return SessionLimits(min(row.session_hours for row in rows) * 3600, idle * 60)


def begin(session: SessionBase, limits: SessionLimits) -> None:
    now = round(time.time())
    session[LAST_END], session[IDLE] = now + limits.whole, limits.idle
    _set_end(session, now)


def sign_of_life(session: SessionBase) -> None:
    """Record activity: the session is extended, at most to its latest end."""
    idle, now = session.get(IDLE), round(time.time())
    if idle and session[ENDS] - now < min(idle, session[LAST_END] - now) - _SOON:
        _set_end(session, now)


def seconds_left(session: SessionBase) -> int | None:
    """Seconds until the session ends; None when unknown."""
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
    """Set the limits for everybody who has the role, from their next sign-in. Raises KeyError for an unknown role."""
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
