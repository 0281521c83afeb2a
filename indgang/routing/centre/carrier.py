"""The contract of a carrier: how one kind of work reaches the people who take it. Telephone calls are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import Skill
from indgang.routing.flows import state as fs


class Carrier(Protocol):
    """Carries items of one kind. Methods act at the centre's current time and never block.

    A carrier reports the outcome of an offer through `offers.accepted`, `rejected`, `not_responding` or
    `offer_elsewhere`, each at most once per offer, and never after the offer was withdrawn.
    """

    def is_up(self, item: WorkItem) -> bool:
        """Whether the item can be acted on now. While it cannot, its flow is suspended."""

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        """Skills and levels that the item requires besides those of its queue (a phone that can ring)."""

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        """The skills named in `needs` that this desk has now."""

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        """Offer the item at this desk until `offer.until` and set `offer.handle`. Returns further data of the event."""

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        """End an offer that was not accepted: stop showing and ringing it."""

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        """Carry out an instruction of the flow: speak, play music, listen, record, transfer, hang up.

        `Enqueue` comes here too, before the item waits, for a line that is yet to be answered.
        """

    def nobody_able(self, item: WorkItem) -> None:
        """No signed-in person can take the item. Called once each time this begins; the item keeps its place."""

    def waits_for_limit(self, item: WorkItem) -> bool:
        """Whether somebody signed in could take the item but for a limit that passes by itself; they count as busy."""

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """The person who has the item in hand goes off duty: it goes back to its place, unless somebody talks."""
