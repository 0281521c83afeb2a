"""What is changed about who answers whom, and when: for the calls of a queue, the hours of a centre, and the flow that
meets callers. Pure. Only the simulation can tell what these changes do, but for the hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

#: stands for all queues where a queue could be named, and for everybody where their people could
EVERYBODY = "*"
#: before the code of a centre, where a queue could be named
OF_CENTRE = "centre:"


@dataclass(frozen=True, slots=True)
class QueueRouting:
    """What is different for the calls of one queue.

    priority        points; calls of more points go first, for people who serve both queues
    overflow_after  after so many seconds the people of `overflow_to` may take a call: a queue's, a centre's
                    (`OF_CENTRE` before its code) or everybody's
    callback_after  after so many seconds a caller is offered to be rung instead of waiting
    taught          whose people learn to take these calls, named like `overflow_to`; `taught_share` is how many of them
    """

    queue: str
    priority: int = 0
    overflow_after: float | None = None
    overflow_to: str = EVERYBODY
    callback_after: float | None = None
    taught: str = EVERYBODY
    taught_share: float = 0.0

    @property
    def is_changed(self) -> bool:
        waits = self.overflow_after is not None or self.callback_after is not None
        return bool(self.priority or self.taught_share) or waits


@dataclass(frozen=True, slots=True)
class CentreHours:
    """When one centre is open, where it is not as all the others; None is as the others."""

    centre: str
    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class FlowChange:
    """A flow of today, and another version of it instead. The definitions are those of `routing.flows.dump`; `beside`
    are the other flows that callers may come to. They are kept so that the run can be repeated."""

    code: str
    name: str
    today: Mapping[str, Any]
    other: Mapping[str, Any]
    beside: tuple[Mapping[str, Any], ...] = ()
