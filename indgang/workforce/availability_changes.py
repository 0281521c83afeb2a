"""Tells others that who of the second level can be asked has changed: an agreement, a group, a substitute, or a day.

Listeners run in the transaction of the change, so what they write is committed together with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Listener = Callable[[datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(at)` called in the transaction of every change. Adding it twice counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(at: datetime) -> None:
    """Call the listeners. Belongs in the transaction of the change."""
    for listener in _listeners:
        listener(at)
