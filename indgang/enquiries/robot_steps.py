"""Writes the events of robot calls, whose streams are no enquiries, and the rows with their results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from indgang.enquiries import rowsets
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import RobotStep
from indgang.events import log
from indgang.events.event import Event

_RUNG = "UPDATE entry_robotcall SET rung_at = %s WHERE id = %s::uuid"
_ANSWERED = "UPDATE entry_robotcall SET answered_at = %s WHERE id = %s::uuid"
# the number is not needed any more, and the sound of a comment may have come first; a call that was taken for expired
# may have been rung, until that is collected
_OVER = """
    UPDATE entry_robotcall SET ended_at = %s, outcome = %s, why = %s, marks = %s, has_comment = has_comment OR %s,
        number = ''
    WHERE id = %s::uuid AND (outcome = '' OR outcome = 'expired' AND collected_at IS NULL)
"""


def rows(steps: Iterable[RobotStep]) -> list[rowsets.Row]:
    """The rows of the log."""
    return [log.row(step.event, number=step.number) for step in steps]


def send_results(sending: rowsets.Sending, steps: Iterable[RobotStep]) -> None:
    """Bring the rows of the orders up to date."""
    for step in steps:
        result = _RESULTS.get(step.event.kind)
        if result is not None:
            sending.send(*result(step.event))


def _over(event: Event[Any]) -> tuple[str, list[Any]]:
    over = event.payload
    marks = rowsets.as_json(list(over.marks))
    return _OVER, [event.at, over.outcome, over.why, marks, over.comment, event.stream]


_RESULTS: Mapping[str, Callable[[Event[Any]], tuple[str, list[Any]]]] = {
    Kind.ROBOT_RUNG: lambda event: (_RUNG, [event.at, event.stream]),
    Kind.ROBOT_ANSWERED: lambda event: (_ANSWERED, [event.at, event.stream]),
    Kind.ROBOT_OVER: _over,
}
