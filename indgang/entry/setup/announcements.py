"""Queues whose waiting callers are told that they will be asked how it went. Who asks, above, says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

#: by queue, the prompt that tells them, and the one that confirms their no
Announcements = Mapping[str, tuple[str, str]]
_sources: list[Callable[[datetime], Announcements]] = []


def subscribe(source: Callable[[datetime], Announcements]) -> None:
    """Let `source` say which queues, whenever the switchboard reads its plan."""
    _sources.append(source)


def by_queue(at: datetime) -> dict[str, tuple[str, str]]:
    return {queue: prompts for source in _sources for queue, prompts in source(at).items()}
