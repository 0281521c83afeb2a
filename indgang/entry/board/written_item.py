"""A written enquiry (mail, form, SMS) or a chat as a work item. It is stored as JSON data and read back after a
restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import CHAT, WRITTEN, Skill

#: what `WrittenItem.as_data` writes
FORMAT = 1
KINDS = frozenset({WRITTEN, CHAT})

_PLAIN = (
    "id", "kind", "number", "contact", "queue", "centre", "language", "priority", "raised", "holder", "reserved_for",
    "reserved_seconds", "personal",
)  # fmt: skip
_MOMENTS = ("arrived", "queued_since", "first_queued", "ranks_from", "noted", "due", "personal_until")


@dataclass(slots=True, kw_only=True)
class WrittenItem(WorkItem):
    """One enquiry that somebody is to answer in writing; its id is that of the enquiry.

    skills   what its person must know, besides what its queue demands
    due      by when it is to be answered
    holder   who has it in hand
    """

    skills: Mapping[Skill, int] = field(default_factory=dict)
    due: datetime | None = None
    holder: int | None = None

    def as_data(self) -> dict[str, Any]:
        """The state that a restart needs, as JSON data."""
        moments = {name: getattr(self, name) for name in _MOMENTS}
        return {
            "format": FORMAT, **{name: getattr(self, name) for name in _PLAIN}, "skills": dict(self.skills),
            "delays": {str(person): times for person, times in self.delays.items()},
            **{name: at.isoformat() if at else None for name, at in moments.items()},
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> WrittenItem:
        """The item that `as_data` wrote; an offer is made again. Raises KeyError, TypeError or ValueError."""
        known: dict[str, Any] = {name: data[name] for name in _PLAIN if name in data}
        known |= {name: datetime.fromisoformat(data[name]) for name in _MOMENTS if data.get(name)}
        if known["kind"] not in KINDS or not all(isinstance(known[name], str) for name in ("id", "queue")):
            raise TypeError("a written item says which it is, and which queue's")
        return cls(
            **known, skills={str(skill): int(level) for skill, level in dict(data.get("skills") or {}).items()},
            delays={int(person): [float(at) for at in times] for person, times in data.get("delays", {}).items()},
        )  # fmt: skip
