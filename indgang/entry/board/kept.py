"""Reads stored work items of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from indgang.entry.board import call
from indgang.entry.board.call import UNREADABLE, Call
from indgang.entry.board.task import TaskItem
from indgang.routing.centre.callbacks import Callback
from indgang.routing.distribution.requirement import CALLBACK, TASK


def read_item(kept: Mapping[str, Any]) -> Call | Callback | TaskItem:
    """The item that `as_data` wrote; one without a kind is a call. Raises one of `call.UNREADABLE`."""
    if kept.get("kind") == TASK:
        return TaskItem.from_data(kept)
    return Callback.from_data(kept) if kept.get("kind") == CALLBACK else Call.from_data(kept)


def salvaged(kept: Mapping[str, Any]) -> Call | Callback | TaskItem:
    """As much of an item as can be read from malformed data. Raises one of `call.UNREADABLE`.

    A task has little that could be guessed: its unit has it in its list, and the package that owns it orders anew what
    the switchboard does not keep.
    """
    if kept.get("kind") == TASK:
        raise ValueError("a task cannot be read")
    return _callback(kept) if kept.get("kind") == CALLBACK else call.salvaged(kept)


def _callback(kept: Mapping[str, Any]) -> Callback:
    """The contact and the queue must be readable; an unreadable place becomes the first."""
    first = datetime.min.replace(tzinfo=UTC).isoformat()
    read: dict[str, Any] = {name: kept[name] for name in ("id", "story", "contact", "target")}
    read |= dict.fromkeys(("arrived", "place", "promised_at"), first)
    Callback.from_data(read)
    for name in kept.keys() - {"id", "story", "contact", "target"}:
        try:
            Callback.from_data(read | {name: kept[name]})
        except UNREADABLE:
            continue
        read[name] = kept[name]
    return Callback.from_data(read)
