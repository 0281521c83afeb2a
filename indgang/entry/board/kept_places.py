"""Callers who were cut off because their exchange ended keep their place if they call again in time, from the same
number and through any exchange. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from indgang.entry.board.call import Call, Stage

#: how long a place is kept after the call was cut off
KEPT_FOR = timedelta(minutes=15)


class KeptPlaces:
    """The places of callers who were cut off, by their number."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[datetime, datetime]] = {}

    def keep(self, call: Call, at: datetime) -> None:
        """Keep the place of a call that was cut off at `at`. A caller who withholds their number is not recognized."""
        if call.contact and not call.outgoing:
            self._since[call.contact] = (call.first_queued or call.arrived, at + KEPT_FOR)

    def take(self, contact: str, at: datetime) -> datetime | None:
        """The caller's place, as the time at which they began to wait, or None. A place can be taken once."""
        self._since = {number: kept for number, kept in self._since.items() if kept[1] > at}
        kept = self._since.pop(contact, None)
        return kept[0] if kept else None


def waiting_out_of_reach(calls: Iterable[Call], contact: str, up: Iterable[str]) -> datetime | None:
    """The place of somebody who calls again while their waiting call is at an unreachable exchange; else None."""
    within = frozenset(up)
    found = (
        call.first_queued or call.arrived
        for call in calls
        if contact and call.contact == contact and call.stage is Stage.FLOW and call.exchange not in within
    )
    return min(found, default=None)
