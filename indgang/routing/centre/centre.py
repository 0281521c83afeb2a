"""The centre's loop: handles time and changed plans, in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from indgang.routing.centre import journey, offers, personal, presence
from indgang.routing.centre.core import FLOW_TIMER, Core
from indgang.routing.centre.plan import Plan
from indgang.routing.flows import state as fs


def make(plan: Plan, at: datetime, new_id: Callable[[], str]) -> Core:
    """An empty centre. The caller adds its carriers to `carriers`."""
    core = Core(plan, at, new_id)
    core.hears, core.carries_out = journey.signal, offers.carry_out
    core.item_timers[FLOW_TIMER] = lambda item: journey.timed_out(core, item)
    core.item_timers[offers.NOBODY_ABLE_TIMER] = lambda item: offers.still_nobody_able(core, item)
    core.wait_over = lambda item, why: personal.over(core, item, why)
    core.item_timers[personal.RESERVED_TIMER] = lambda item: personal.time_is_up(core, item)
    core.item_timers[personal.GIVEN_TIMER] = lambda item: personal.given_time_is_up(core, item)
    return core


def tick(core: Core) -> None:
    """Run everything that is due by now."""
    core.post(core.distributor.tick(core.now))
    core.settle()
    while (timer := core.due_timer()) is not None:
        _, _, subject, name = timer
        _ring(core, subject, name)
        core.settle()


def _ring(core: Core, subject: str | int, name: str) -> None:
    """A timer has run out. While an item's carrier is out of reach no time passes for it: what is due is set anew."""
    if isinstance(subject, int):
        core.desk_timers[name](core.desks[subject])
        return
    item = core.items[subject]
    if core.carriers[item.kind].is_up(item):
        core.item_timers[name](item)


def replan(core: Core, plan: Plan) -> None:
    """Apply a changed set-up. Items in a flow stay in their version of it."""
    core.plan = plan
    for queue in plan.queues.values():
        core.post(core.distributor.set_rule(queue.rule, core.now))
    core.settle()
    for desk in list(core.desks.values()):
        presence.brought_up_to_date(core, desk)
        core.settle()


def figures_changed(core: Core) -> None:
    """Have every waiting item evaluate its queue's figures again."""
    for item in list(core.items.values()):
        if item.waits:
            core.tell_flow(item, fs.QueueSaid(fs.QueueNews.CHANGED))
    core.settle()
