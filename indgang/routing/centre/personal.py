"""Personal waits: an item waits for one person alone, who is busy and was asked for by name, or who lost the call.

The item waits in a queue of the person's own, whether or not they serve any, and is theirs as soon as they are free.
It goes back to its queue, at the place it had, when the time is up, when they go or do not take it, or when somebody
takes it back.

Work that is only shown on a screen is given to a person (`give_to`): it stays in its queue, whose rules hold for the
offer, and nobody else may take it for a while.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.routing.centre import offers, presence
from indgang.routing.centre.core import Core, RefusedOrder, pairs
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.output import CentreEventKind
from indgang.routing.centre.work import WorkItem
from indgang.routing.flows import state as fs

#: how long somebody may be waited for
SHORTEST_SECONDS, LONGEST_SECONDS = 30.0, 1_800.0
#: name of the timer for the end of the waiting
RESERVED_TIMER = "!reserved"
#: name of the timer for the end of the time in which only one person may take the item
GIVEN_TIMER = "!given"
#: activities of people who will be free soon
WORTH_WAITING_FOR = frozenset({Doing.READY, Doing.RINGING, Doing.TALKING, Doing.WORKING, Doing.WRAP_UP})
#: prompts that the contact hears when the wait begins and when it ends
WAITS_PROMPT, WAITED_PROMPT = "venter-paa-medarbejder", "foerste-ledige-medarbejder"


def check(core: Core, item: WorkItem, desk: Desk, seconds: float) -> None:
    """Raise `RefusedOrder` with the reason when the item cannot wait for this person for so long."""
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise RefusedOrder("bad_wait")
    is_coming = core.distributor.is_present(desk.agent) and desk.afterwards is None
    if desk.doing not in WORTH_WAITING_FOR or not is_coming:
        raise RefusedOrder("not_coming")
    known = core.plan.people.get(desk.person)
    if known is None or not known.capacity.get(item.kind):
        raise RefusedOrder("takes_none")


def wait_for(core: Core, item: WorkItem, desk: Desk, seconds: float, *, queue: str, by: int) -> None:
    """Let the item wait for this person alone; `queue` is where it returns to. Call `check` first."""
    core.reserve(item, desk.person, seconds, only=True)
    item.reserved_by, item.ranks_from = by, item.first_queued
    core.reach_changed(desk)
    offers.enqueue(core, item, fs.Enqueue(queue, item.priority, core.at), (("personal", str(desk.person)),))
    core.set_timer_in(item, RESERVED_TIMER, seconds)
    note(core, item)
    _say(core, item, WAITS_PROMPT)


def note(core: Core, item: WorkItem) -> None:
    """Write the event: for whom the item waits, until when, and who asked for it."""
    until = item.reserved_until
    if item.reserved_by is not None and until is not None:
        core.note(
            item, CentreEventKind.PERSONAL_WAIT, person=item.reserved_for, queue=item.queue, until=until.isoformat(),
            by=item.reserved_by,
        )  # fmt: skip


def time_is_up(core: Core, item: WorkItem) -> None:
    """End a personal wait whose time is up; the timer of an earlier wait is ignored.

    A ringing offer is not interrupted: the wait ends with it.
    """
    if item.is_time_up(core.at) and item.offer is None:
        over(core, item, "time")


def over(core: Core, item: WorkItem, why: str) -> None:
    """Return the item to its queue at its old place, for anybody."""
    if item.personal_until is not None:
        not_taken(core, item, why)
        return
    person, by = item.reserved_for, item.reserved_by
    if not item.reserved_only or person is None:
        return
    desk = core.any_desk(person)
    core.unreserve(item)
    item.reserved_for = None
    core.reach_changed(desk)
    presence.resume_pause(core, desk)
    if by is not None:
        reasons = pairs(((why, str(person)),))
        core.note(item, CentreEventKind.PERSONAL_WAIT_OVER, person=person, queue=item.queue, why=why, reasons=reasons)
    if not item.waits or not core.carrier(item).is_up(item):
        return  # out of reach, it gets its place when it is back
    offers.place(core, item)
    if by is not None:
        _say(core, item, WAITED_PROMPT)


def give_to(core: Core, item: WorkItem, person: int, seconds: float) -> None:
    """Let only this person take the item for so many seconds, whatever queues they serve. The caller places it."""
    item.personal, item.personal_until = person, core.at + timedelta(seconds=seconds)
    item.delays.pop(person, None)  # asked for by name, also when they let it pass a moment ago
    core.set_timer(item, GIVEN_TIMER, item.personal_until)


def for_anybody(item: WorkItem) -> None:
    """End the time in which only one person may take the item: somebody has it, or it goes elsewhere."""
    item.personal, item.personal_until = None, None


def given_time_is_up(core: Core, item: WorkItem) -> None:
    """The person has not taken the item; the timer of an earlier time is ignored, and an offer is not interrupted."""
    until = item.personal_until
    if until is not None and until - core.at < timedelta(milliseconds=1) and item.offer is None:
        not_taken(core, item, "time")


def not_taken(core: Core, item: WorkItem, why: str) -> None:
    """The person refused, let it pass, went, or the time is up: anybody in its queue may take the item."""
    person = item.personal
    for_anybody(item)
    reasons = pairs(((why, str(person)),))
    core.note(item, CentreEventKind.PERSONAL_WAIT_OVER, person=person, queue=item.queue, why=why, reasons=reasons)
    if item.waits:
        offers.place(core, item)


def take_back(core: Core, item: WorkItem, *, by: int) -> None:
    """Return the item to its queue early, by order; raises `RefusedOrder` for a person without the right to it."""
    if item.reserved_by is None:
        raise RefusedOrder("waits_for_nobody")
    if by != item.reserved_by and item.centre not in core.plan.leaders.get(by, frozenset()):
        raise RefusedOrder("not_yours")
    if item.offer is not None:
        raise RefusedOrder("rings_there")
    over(core, item, "taken_back")


def _say(core: Core, item: WorkItem, prompt: str) -> None:
    """Say the prompt, unless the item is offered at once."""
    core.settle()
    if item.waits and item.offer is None and core.carrier(item).is_up(item):
        core.carrier(item).perform(item, fs.Say(0, (prompt,), interruptible=False, language=item.language))
        core.carrier(item).perform(item, fs.PlayMusic())
