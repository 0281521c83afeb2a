"""The messages of a queue to callers whom no flow leads: handed on by an agent, or back because an agent was lost.

A flow says them itself (`routing.flows.waiting`); to these callers they are said here, in the same order and as often.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.entry.board.call import Call
from indgang.entry.board.calls import Calls
from indgang.routing.flows import state as fs
from indgang.routing.flows.waiting import CHECK_SECONDS

#: name of the timer that looks whether one is due
NOTICES_TIMER = "!notices"


def begin(calls: Calls, call: Call) -> None:
    """A caller whom no flow leads waits from now on."""
    if not _is_led(call):
        call.notices_said, call.noticed_at = 0, calls.centre.at
        _look_again(calls, call)


def go_on(calls: Calls, call: Call) -> None:
    """The same caller waits on after a time in which nothing could be said; what was said counts. A timer that ran out
    in that time told nobody."""
    if call.look_due is None:
        begin(calls, call)
    elif call.look_due <= calls.centre.at:
        _look_again(calls, call)


def look(calls: Calls, call: Call) -> None:
    """Say the next message when it is time, and look again; until the caller no longer waits."""
    if call.look_due is None or calls.centre.at < call.look_due:
        return  # of a timer that has been set anew since
    if not call.waits or _is_led(call):
        call.noticed_at = call.look_due = None
        return
    if call.offer is None:
        _say_next(calls, call)
    _look_again(calls, call)


def _look_again(calls: Calls, call: Call) -> None:
    call.look_due = calls.centre.at + timedelta(seconds=CHECK_SECONDS)
    calls.centre.set_timer(call, NOTICES_TIMER, call.look_due)


def _is_led(call: Call) -> bool:
    return call.flow is not None and not call.flow.has_ended


def _say_next(calls: Calls, call: Call) -> None:
    queue = calls.centre.plan.queues.get(call.queue)
    if queue is None or not queue.notices or call.noticed_at is None:
        return
    notice = queue.notices[call.notices_said % len(queue.notices)]
    if calls.centre.at - call.noticed_at < timedelta(seconds=notice.every):
        return
    call.notices_said, call.noticed_at = call.notices_said + 1, calls.centre.at
    carrier = calls.centre.carrier(call)
    carrier.perform(call, fs.Say(0, notice.prompts, interruptible=False, language=call.language))
    carrier.perform(call, fs.PlayMusic())
