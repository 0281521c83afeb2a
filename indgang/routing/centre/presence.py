"""People at their desks: on duty, ready, paused, and wrap-up after work."""

from __future__ import annotations

from datetime import timedelta

from indgang.routing.centre.core import Core, RefusedOrder
from indgang.routing.centre.desk import PAUSED, RINGING, SIGNED_OUT, TALKING, WRAP_UP, Desk, Doing
from indgang.routing.centre.output import WRAPPED_UP
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.decision import BUSY, SeatState
from indgang.routing.flows.turn import length

_SHOWN = {
    SeatState.READY: Doing.READY,
    SeatState.PAUSED: Doing.PAUSED,
    SeatState.NOT_RESPONDING: Doing.NOT_RESPONDING,
    SeatState.WRAP_UP: Doing.WRAP_UP,
    SeatState.OFFERED: Doing.RINGING,
    SeatState.BUSY: Doing.TALKING,
    SeatState.WORKING: Doing.WORKING,
    SeatState.OFF: Doing.SIGNED_OUT,
}


def sign_in(core: Core, desk: Desk) -> None:
    """Sign in, paused until the person is ready. Signing in again (a second tab) does not change the state."""
    if desk.signed_in:
        core.reach_changed(desk)
        return
    desk.signed_in_at = core.at
    desk.afterwards = None
    core.post(core.distributor.agent_on(core.agent_of(desk), core.now, SeatState.PAUSED))
    core.set_doing(desk, Doing.PAUSED)


def sign_out(core: Core, desk: Desk) -> None:
    """Sign out, after the conversation if there is one. Other items in hand return to their queues."""
    if not desk.signed_in:
        return
    _lay_down(core, desk)
    if desk.doing is Doing.TALKING:
        _afterwards(core, desk, Doing.SIGNED_OUT, "")
        return
    close_wrap_up(core, desk)
    _waits_no_more(core, desk, SeatState.OFF)
    core.post(core.distributor.agent_off(desk.agent, core.now))
    desk.signed_in_at = None
    core.set_doing(desk, Doing.SIGNED_OUT)


def _lay_down(core: Core, desk: Desk) -> None:
    """Return the items in hand that can wait, because the person leaves."""
    for item in [core.items[each] for each in desk.in_hand if each in core.items]:
        if item.offer is None:
            core.carrier(item).lay_down(item, desk)
    core.settle()


def ready(core: Core, desk: Desk) -> None:
    """Take work; ends a pause, not responding and wrap-up. While talking: afterwards, as usual."""
    desk.afterwards = None
    if desk.doing is Doing.READY:
        return
    if desk.doing not in (Doing.TALKING, Doing.RINGING, Doing.WORKING):
        close_wrap_up(core, desk)
        core.set_doing(desk, Doing.READY)
    core.post(core.distributor.ready(desk.agent, core.now))
    core.show(desk)


def pause(core: Core, desk: Desk, reason: str) -> None:
    """Pause; a person who talks, after the conversation and its wrap-up. An open offer is withdrawn."""
    if desk.doing is Doing.TALKING:
        _afterwards(core, desk, Doing.PAUSED, reason)
        return
    desk.afterwards = None
    close_wrap_up(core, desk)
    core.post(core.distributor.pause(desk.agent, core.now))
    core.settle()
    _waits_no_more(core, desk, SeatState.PAUSED)
    core.post(core.distributor.wrap_up_over(desk.agent, core.now))
    core.set_doing(desk, Doing.PAUSED, reason)


def interrupt_pause(core: Core, desk: Desk) -> None:
    """Leave a pause for a call that was begun in it and lost; `resume_pause` or the end of the work returns to it."""
    desk.afterwards = (Doing.PAUSED, desk.reason)
    core.set_doing(desk, Doing.READY)
    core.post(core.distributor.ready(desk.agent, core.now))


def resume_pause(core: Core, desk: Desk) -> None:
    """Return to the pause: the lost call did not come back."""
    if desk.afterwards and not desk.in_hand:
        pause(core, desk, desk.afterwards[1])


def is_back(core: Core, desk: Desk) -> None:
    """The person has the lost call again; the pause they left for it continues afterwards."""
    if desk.afterwards:
        core.post(core.distributor.pause(desk.agent, core.now))
    core.reach_changed(desk)


def _afterwards(core: Core, desk: Desk, doing: Doing, reason: str) -> None:
    desk.afterwards = (doing, reason)
    core.post(core.distributor.pause(desk.agent, core.now))
    _waits_no_more(core, desk, SeatState.OFF if doing is Doing.SIGNED_OUT else SeatState.PAUSED)
    core.show(desk)


def _waits_no_more(core: Core, desk: Desk, why: SeatState) -> None:
    """End the personal waits for a person who leaves."""
    for item in core.reserved_by(desk.person):
        core.wait_over(item, f"agent_{why.value}")


def end_wrap_up(core: Core, desk: Desk) -> None:
    """End wrap-up early."""
    if desk.doing is not Doing.WRAP_UP:
        raise RefusedOrder("not_wrapping_up")
    core.post(core.distributor.wrap_up_over(desk.agent, core.now))


def extend_wrap_up(core: Core, desk: Desk, seconds: float, *, at_most: float) -> None:
    """Extend wrap-up by so many seconds."""
    if desk.doing is not Doing.WRAP_UP or desk.wrap_up_until is None:
        raise RefusedOrder("not_wrapping_up")
    if not 0 < seconds <= at_most:
        raise RefusedOrder("bad_seconds")
    desk.wrap_up_until += timedelta(seconds=seconds)
    core.post(core.distributor.extend_wrap_up(desk.agent, seconds, core.now))
    core.show(desk)


def after_work(core: Core, desk: Desk, item: WorkItem, wrap_up: float) -> None:
    """Begin wrap-up after an item that the distributor has finished. `wrap_up` in seconds.

    It takes the place of an earlier wrap-up that the item interrupted; both last until the later end.
    """
    state = core.distributor.state_of_agent(desk.agent)
    if state is BUSY:
        core.show(desk)  # they talk with somebody else, and are not done
    elif wrap_up > 0:
        until = core.at + length(wrap_up)
        if desk.wrap_up_until is not None:
            until = max(until, desk.wrap_up_until)
        close_wrap_up(core, desk)
        desk.wrap_up(item.stream, core.at)
        desk.wrap_up_until = until
        core.set_doing(desk, WRAP_UP)
    elif state is SeatState.WRAP_UP:
        show_state(core, desk)  # of another item, which goes on
    else:
        work_over(core, desk)


def wrapped_up(core: Core, desk: Desk) -> None:
    """Wrap-up has ended: by its time, by the person, or by work that took its place."""
    close_wrap_up(core, desk)
    if desk.doing is RINGING or desk.doing is TALKING:
        core.show(desk)  # asked into another conversation, at whose end a planned pause begins
    else:
        work_over(core, desk)


def work_over(core: Core, desk: Desk) -> None:
    """The person is done with their work: apply the planned pause or sign-out. While a call that they lost may still
    come back to them, it is not over."""
    if desk.afterwards is None or core.reserved_by(desk.person):
        show_state(core, desk)
        return
    (doing, reason), desk.afterwards = desk.afterwards, None
    if doing is Doing.SIGNED_OUT:
        desk.doing = Doing.PAUSED  # sign-out would be planned again for somebody who talks
        sign_out(core, desk)
    else:
        core.post(core.distributor.pause(desk.agent, core.now))
        core.set_doing(desk, doing, reason)


def restored(core: Core, desk: Desk) -> None:
    """After a restart: begin a planned pause whose work is not there any more."""
    if desk.afterwards and not desk.in_hand and desk.doing is not Doing.WRAP_UP:
        work_over(core, desk)


def stopped_responding(core: Core, desk: Desk) -> None:
    """Set the person to not responding: no offers until they are ready."""
    core.set_doing(desk, Doing.NOT_RESPONDING)
    _waits_no_more(core, desk, SeatState.NOT_RESPONDING)


def show_state(core: Core, desk: Desk) -> None:
    """Set the desk's activity from the distributor's state."""
    shown = _SHOWN[core.distributor.state_of_agent(desk.agent)]
    if shown is SIGNED_OUT and desk.signed_in:
        shown = PAUSED
    before = desk.reason if shown is desk.doing else desk.paused_for if shown is PAUSED else ""
    core.set_doing(desk, shown, before)


def brought_up_to_date(core: Core, desk: Desk) -> None:
    """Apply changed queues, skills or rights."""
    known = core.plan.people.get(desk.person)
    if known is not None:
        desk.name = known.name
        core.post(core.distributor.set_agent(core.agent_of(desk), core.now))
    elif desk.signed_in:
        sign_out(core, desk)


def lead(core: Core, leader: int, desk: Desk, wanted: str, reason: str) -> None:
    """Set a person's state on behalf of a team leader of one of their centres."""
    known = core.plan.people.get(desk.person)
    if not known or not known.centres & core.plan.leaders.get(leader, frozenset()):
        raise RefusedOrder("not_yours")
    if not desk.signed_in:
        raise RefusedOrder("not_signed_in")
    if wanted == "ready":
        ready(core, desk)
    elif wanted == "paused":
        pause(core, desk, reason)
    elif wanted == "signed_out":
        sign_out(core, desk)
    else:
        raise RefusedOrder("bad_state")


def close_wrap_up(core: Core, desk: Desk) -> None:
    """Write the event with the length of the wrap-up."""
    if desk.wrapping:
        seconds = desk.wrapped_for(core.at)
        core.note_after(desk.wrapping, WRAPPED_UP, person=desk.person, seconds=seconds)
    desk.end_wrap_up()
