"""Desks as they are stored for a restart.

The columns of a presence row hold what screens show. `as_data` is the rest: what is planned for after the work in hand,
the wrap-up, and whether the person takes work once they have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indgang.entry.board.call import Phone
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.distribution.line import SeatPresence

#: the format that `as_data` writes
FORMAT = 1
_PLANS = frozenset((Doing.PAUSED, Doing.SIGNED_OUT))


@dataclass(frozen=True, slots=True)
class KeptDesk:
    """A desk and its telephone before a restart. `presence` is None when it is not known: what the person did then
    says it."""

    desk: Desk
    phone: Phone
    presence: SeatPresence | None = None


def as_data(desk: Desk, presence: SeatPresence | None) -> dict[str, Any]:
    """What a restart needs of a desk besides its columns, as JSON data."""
    return {
        "format": FORMAT,
        "presence": presence.value if presence is not None else None,
        "afterwards": [desk.afterwards[0].value, desk.afterwards[1]] if desk.afterwards else None,
        "paused_for": desk.paused_for,
        "wrapping": desk.wrapping,
        "wrapping_since": desk.wrapping_since.isoformat() if desk.wrapping_since else None,
        "wrapped_seconds": desk.wrapped_seconds,
    }


def put_back(desk: Desk, phone: Phone, data: Mapping[str, Any]) -> KeptDesk:
    """The desk with what `as_data` wrote, in this release or another: what is not known has the values of a new desk.

    Raises KeyError, TypeError or ValueError for malformed data, before the desk has changed.
    """
    presence, afterwards = data.get("presence"), _afterwards(data.get("afterwards"))
    paused_for, wrapping = _text(data.get("paused_for", "")), data.get("wrapping")
    since, seconds = data.get("wrapping_since"), float(data.get("wrapped_seconds", 0.0))
    wrapping, since = _text(wrapping) if wrapping else None, datetime.fromisoformat(since) if since else None
    known = SeatPresence(presence) if presence else None
    desk.afterwards, desk.paused_for = afterwards, paused_for
    if wrapping is not None:
        desk.wrapping, desk.wrapping_since, desk.wrapped_seconds = wrapping, since, seconds
    return KeptDesk(desk, phone, known)


def _afterwards(data: Any) -> tuple[Doing, str] | None:
    if data is None:
        return None
    doing, reason = data
    if doing not in _PLANS:
        raise ValueError(f"{doing!r} is not planned for after the work")
    return Doing(doing), _text(reason)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
