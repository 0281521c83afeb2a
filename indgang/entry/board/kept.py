"""Reads stored work items of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from indgang.entry.board import call
from indgang.entry.board.call import UNREADABLE, Call
from indgang.entry.board.robot_calls import ROBOT, STAYING, LiveRobotCall, StayingCaller
from indgang.entry.board.task import TaskItem
from indgang.entry.board.written_item import KINDS, WrittenItem
from indgang.routing.centre.callbacks import Callback
from indgang.routing.distribution.requirement import CALLBACK, TASK

#: an item that is stored on its own
KeptItem = Call | Callback | TaskItem | WrittenItem | LiveRobotCall | StayingCaller
#: the same without robot calls and callers who stay on the line, which are no work of anybody's
KeptWork = Call | Callback | TaskItem | WrittenItem
#: kinds of which little could be guessed: their owner has them in a list, and orders anew what the switchboard lost
_ORDERED_ANEW = frozenset({TASK, ROBOT, STAYING, *KINDS})


def is_ordered_anew(kept: Mapping[str, Any]) -> bool:
    """Whether the owner of such an item orders it anew, so that an unreadable one has not ended."""
    return kept.get("kind") in _ORDERED_ANEW


def read_item(kept: Mapping[str, Any]) -> KeptItem:
    """The item that `as_data` wrote; one without a kind is a call. Raises one of `call.UNREADABLE`."""
    if kept.get("kind") == TASK:
        return TaskItem.from_data(kept)
    if kept.get("kind") == ROBOT:
        return LiveRobotCall.from_data(kept)
    if kept.get("kind") == STAYING:
        return StayingCaller.from_data(kept)
    if kept.get("kind") in KINDS:
        return WrittenItem.from_data(kept)
    return Callback.from_data(kept) if kept.get("kind") == CALLBACK else Call.from_data(kept)


def salvaged(kept: Mapping[str, Any]) -> KeptItem:
    """As much of an item as can be read from malformed data. Raises one of `call.UNREADABLE`."""
    if is_ordered_anew(kept):
        raise ValueError("it cannot be read, and is ordered anew")
    return _callback(kept) if kept.get("kind") == CALLBACK else call.salvaged(kept)


def _callback(kept: Mapping[str, Any]) -> Callback:
    """The contact and the queue must be readable; an unreadable place becomes the first, and when it was promised
    is then not known."""
    first = datetime.min.replace(tzinfo=UTC).isoformat()
    read: dict[str, Any] = {name: kept[name] for name in ("id", "story", "contact", "target")}
    read |= dict.fromkeys(("arrived", "place"), first)
    Callback.from_data(read)
    for name in kept.keys() - {"id", "story", "contact", "target"}:
        try:
            Callback.from_data(read | {name: kept[name]})
        except UNREADABLE:
            continue
        read[name] = kept[name]
    return Callback.from_data(read)
