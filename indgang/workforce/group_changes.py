"""Tells others that a group has other members, now or from a later day.

Listeners run in the transaction of the change, so what they write is committed together with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Listener = Callable[[int, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(group, at)` called in the transaction of every change, with the group's primary key. Adding it
    twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(group: int, at: datetime) -> None:
    """Call the listeners. Belongs in the transaction of the change."""
    for listener in _listeners:
        listener(group, at)
