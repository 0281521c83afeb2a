"""The names that are masked in comments: of people who sign in, and of those in the directory."""

from __future__ import annotations

import threading
import time

from indgang.accounts.models import Person
from indgang.catalogue.models import DirectoryEntry
from indgang.feedback.masking import StaffNames, staff_names

#: how long a process relies on its last reading
SECONDS = 60.0

_lock = threading.Lock()
_known: tuple[float, StaffNames] | None = None


def current() -> StaffNames:
    """All names, read at most once a minute."""
    global _known
    with _lock:
        if _known is None or time.monotonic() > _known[0]:
            _known = (time.monotonic() + SECONDS, staff_names(_names()))
        return _known[1]


def _names() -> list[str]:
    """Entries of the directory without initials are desks, whose names are ordinary words."""
    people = DirectoryEntry.objects.exclude(initials="")
    return [*Person.objects.values_list("name", flat=True), *people.order_by().values_list("name", flat=True)]


def forget() -> None:
    """Read them anew next time."""
    global _known
    with _lock:
        _known = None
