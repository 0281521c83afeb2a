"""How many follow-ups wait for a person, for the menu of every page: counted anew after some seconds."""

from __future__ import annotations

import threading
import time

from indgang.accounts.models import Person
from indgang.feedback.follow_ups import rights

#: how long a process relies on what it has counted
SECONDS = 10.0
#: so many people's counts are kept
_MOST = 5_000

_lock = threading.Lock()
_counted: dict[int, tuple[float, int]] = {}


def count(person: Person) -> int:
    """What the person has and can take, as it was at most `SECONDS` ago."""
    now = time.monotonic()
    until, known = _counted.get(person.pk, (0.0, 0))
    if now < until:
        return known
    found = rights.waiting_for(person).count()
    with _lock:
        if len(_counted) >= _MOST:
            _counted.clear()
        _counted[person.pk] = (now + SECONDS, found)
    return found


def forget() -> None:
    """Count anew next time: somebody has taken one or closed it. Other processes do so after `SECONDS`."""
    with _lock:
        _counted.clear()
