"""The contract of a carrier: how one kind of work reaches the people who take it. Telephone calls are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import Skill
from indgang.routing.flows import state as fs


class Carrier(Protocol):
    """Carries items of one kind. All of it happens at the centre's moment, and nothing here waits for anything.

    A carrier tells the centre what became of an offer through `offers.accepted`, `rejected`, `not_responding` or
    `offer_elsewhere`, each at most once an offer; an offer that was withdrawn is not told of any more.
    """

    def is_up(self, item: WorkItem) -> bool:
        """Whether something done for the item now would have an effect. While not, its flow stands still."""

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        """Skills and levels of whoever is offered the item, besides those of its queue (a phone that can ring)."""

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        """What `needs` asks for, as far as this desk has it now."""

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        """Begin to offer the item at this desk until `offer.until`; set `offer.handle`. What the event says besides."""

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """The offer is over and was not accepted: it is seen or heard no more."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        """Do for the contact what the flow says: speak, play music, listen, record, transfer, hang up.

        `Enqueue` comes here too, before the item waits, for a line that is yet to be answered.
        """

    def nobody_able(self, item: WorkItem) -> None:
        """Nobody signed in can ever take the item. Said once for each time it happens; the item keeps its place."""

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """The person who has the item in hand goes off duty: it goes back to its place, unless somebody talks."""
