"""A work item: something a person has to do for a contact. Each kind of work is a subclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from indgang.routing.flows.state import FlowState

_NO_MARKS: Mapping[str, Any] = {}
W = TypeVar("W", bound="WorkItem")


@dataclass(slots=True)
class Offered:
    """The item is offered to a person, from `at` until `until`. `handle` is what its carrier knows the offer by."""

    person: int
    at: datetime
    until: datetime
    handle: str = ""
    reasons: list[Any] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class WorkItem:
    """One item that is not over.

    number          order of arrival in this centre, which breaks ties
    contact         whom it is for, as their telephone number, or empty
    queue           the queue it waits in, or came from
    queued_since    when its waiting began; None while it does not wait
    first_queued    when it first came into a queue, ever
    ranks_from      by which its place is reckoned, where that is not `queued_since`: it comes back to its old place
    priority        points on top of the queue's, as flows gave them
    raised          further points until somebody takes it: it was transferred, or came back through our fault
    away_seconds    how long nothing could be done for it since it came into the queue
    reserved_for    the person who is waited for first, for `reserved_seconds` since `queued_since`
    reserved_only   nobody else is offered it meanwhile, also while that person cannot be reached
    reserved_by     who asked for that; None when the person lost it
    personal        only this person may take it, whatever queues they serve
    personal_until  until when that is so; None for as long as it waits
    promised        what has been promised by now, should the contact go: "message" or "callback"
    noted           when its last event happened
    consents        by queue, the recording purpose that the contact has agreed to; 0 for no
    delays          by person, until when the item is not offered to them again: at all, and while others can take it
    """

    #: event kinds of the centre that this kind of work writes under another name; "" is not written
    RENAMED: ClassVar[Mapping[str, str]] = {}
    #: whether it is stored for a restart on its own; part of another item is stored with that one
    STANDS_ALONE: ClassVar[bool] = True
    #: the line in which this kind waits, where that is no queue of the plan, and how long it is offered to one person
    LINE: ClassVar[str] = ""
    OFFER_SECONDS: ClassVar[float] = 20.0

    id: str
    kind: str
    arrived: datetime
    number: int = 0
    contact: str = ""
    centre: str = ""
    language: str = "da"
    flow: FlowState | None = None
    queue: str = ""
    queued_since: datetime | None = None
    first_queued: datetime | None = None
    ranks_from: datetime | None = None
    priority: int = 0
    raised: int = 0
    away_seconds: float = 0.0
    reserved_for: int | None = None
    reserved_seconds: float = 0.0
    reserved_only: bool = False
    reserved_by: int | None = None
    personal: int | None = None
    personal_until: datetime | None = None
    offer: Offered | None = None
    promised: str = ""
    noted: datetime | None = None
    consents: dict[str, int] = field(default_factory=dict)
    delays: dict[int, list[float]] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether the item is in a queue, waiting or offered."""
        return self.queue != "" and self.queued_since is not None

    @property
    def reserved_until(self) -> datetime | None:
        """Until when it waits for one person; the time while nothing could be done for it does not count."""
        if self.reserved_for is None or self.queued_since is None:
            return None
        return self.queued_since + timedelta(seconds=self.reserved_seconds + self.away_seconds)

    def is_time_up(self, at: datetime) -> bool:
        """Whether it waits for one person, and has done so for as long as it was to."""
        until = self.reserved_until
        return until is not None and until - at < timedelta(milliseconds=1)

    @property
    def stream(self) -> str:
        """The enquiry whose story this item belongs to."""
        return self.id

    def marks(self) -> Mapping[str, Any]:
        """Data of every event of the item, where an enquiry may have several of its kind."""
        return _NO_MARKS


def as_kind(kind: type[W], item: WorkItem) -> W:
    """The item as one of this kind, for its carrier; raises TypeError for another kind."""
    if not isinstance(item, kind):
        raise TypeError(f"{item.id} is no {kind.__name__}")
    return item
