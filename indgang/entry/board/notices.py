"""Queue messages for waiting callers outside any flow: transferred by an agent, or back after an agent was lost.

A flow plays its messages itself (`routing.flows.waiting`). These callers hear the same messages, as often.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.entry.board.call import Call
from indgang.entry.board.calls import Calls
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import CHECK_SECONDS
from indgang.routing.flows.waiting import due_notice

#: name of the timer that checks whether a message is due
NOTICES_TIMER = "!notices"


def begin(calls: Calls, call: Call) -> None:
    """Start the messages for a caller who begins to wait without a flow."""
    if not _is_led(call):
        call.notices_said, call.noticed_at = 0, calls.centre.at
        _look_again(calls, call)


def go_on(calls: Calls, call: Call) -> None:
    """Continue after a time in which nothing could be played. A timer that ran out meanwhile is set again."""
    if call.look_due is None:
        begin(calls, call)
    elif call.look_due <= calls.centre.at:
        _look_again(calls, call)


def look(calls: Calls, call: Call) -> None:
    """Play the next message when it is due, and check again later, until the caller no longer waits."""
    if call.look_due is None or calls.centre.at < call.look_due:
        return  # an old timer; a newer one is running
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
    if queue is None or call.noticed_at is None:
        return
    notice = due_notice(queue.notices, said=call.notices_said, last=call.noticed_at, at=calls.centre.at)
    if notice is None:
        return
    call.notices_said, call.noticed_at = call.notices_said + 1, calls.centre.at
    carrier = calls.centre.carrier(call)
    carrier.perform(call, fs.Say(0, notice.prompts, interruptible=False, language=call.language))
    carrier.perform(call, fs.PlayMusic())
