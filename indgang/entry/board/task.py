"""A task: work that was handed over, with nobody on a line. It is stored as JSON data and read back after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from indgang.entry.event_kinds import Kind
from indgang.routing.centre.output import CentreEventKind
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import TASK, QueueId

#: what `TaskItem.as_data` writes
FORMAT = 1
#: the line in which all tasks wait; the distributor alone knows it
LINE: QueueId = "tasks"
#: how long a task is offered to one person, who gets no call meanwhile
OFFER_SECONDS = 45.0


@dataclass(slots=True, kw_only=True)
class TaskItem(WorkItem):
    """One task that somebody is to take.

    story    the enquiry it belongs to
    subject  the code of the service that it is about, or ""
    people   the people it is for; empty when anybody may take it who is inside a promised window of the subject
    is_call  whether it is a promised call: then only windows by telephone count, else those of any medium
    due      by when an answer is promised
    holder   who has it in hand
    """

    RENAMED: ClassVar[Mapping[str, str]] = {
        CentreEventKind.OFFERED: Kind.TASK_OFFERED,
        CentreEventKind.WITHDRAWN: Kind.TASK_WITHDRAWN,
        CentreEventKind.ACCEPTED: Kind.TASK_ACCEPTED,
        CentreEventKind.LEFT_QUEUE: "",
    }
    LINE: ClassVar[QueueId] = LINE
    OFFER_SECONDS: ClassVar[float] = OFFER_SECONDS

    kind: str = TASK
    story: str
    subject: str = ""
    people: tuple[int, ...] = ()
    is_call: bool = False
    due: datetime | None = None
    holder: int | None = None

    @property
    def stream(self) -> str:
        return self.story

    @property
    def waits(self) -> bool:
        return self.queued_since is not None

    def marks(self) -> Mapping[str, Any]:
        return {"task": self.id}

    def as_data(self) -> dict[str, Any]:
        """The state that a restart needs, as JSON data."""
        return {
            "format": FORMAT, "kind": TASK, "id": self.id, "number": self.number, "story": self.story,
            "subject": self.subject, "people": list(self.people), "is_call": self.is_call, "holder": self.holder,
            "arrived": self.arrived.isoformat(), "due": self.due.isoformat() if self.due else None,
            "delays": {str(person): times for person, times in self.delays.items()},
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TaskItem:
        """The task that `as_data` wrote; an offer is made again. Raises KeyError, TypeError or ValueError."""
        if not all(isinstance(data[name], str) for name in ("id", "story")):
            raise TypeError("a task says which it is, and which enquiry's")
        due, holder, delays = data.get("due"), data.get("holder"), data.get("delays", {})
        return cls(
            id=data["id"], number=int(data.get("number", 0)), story=data["story"], subject=str(data.get("subject", "")),
            people=tuple(int(person) for person in data.get("people", ())),
            is_call=data.get("is_call") is True, holder=None if holder is None else int(holder),
            arrived=datetime.fromisoformat(data["arrived"]), due=datetime.fromisoformat(due) if due else None,
            delays={int(person): [float(earliest), float(after)] for person, (earliest, after) in delays.items()},
        )  # fmt: skip
