"""Recorded conversations: begun with the caller's consent, paused while something is private, ended with the agent.

Only a conversation with an agent who took the caller from the queue that asked is recorded. The consent holds for that
queue until a transfer, by an agent or by a step of the flow: also with the next agent when the first one is lost. It is
paused while the caller is on hold, while anybody is consulted or joined, while a supervisor barges in, and while the
agent wants it so. A transfer ends it: the caller has not been asked about what comes next, with another person or
another unit. A purpose that no longer holds ends it at once.
"""

from __future__ import annotations

from indgang.entry.board.call import Call, Recording
from indgang.entry.board.calls import Calls
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import RecordingState
from indgang.routing.centre.core import RefusedOrder
from indgang.telephony import contract as tel


def begin(calls: Calls, call: Call) -> None:
    """Record the conversation that has begun, if the caller agreed to a purpose that still holds."""
    queue = calls.centre.plan.queues.get(call.queue)
    question = queue.recording if queue is not None else None
    agreed = call.consents.get(call.queue, 0)
    if call.outgoing or call.talk is None or question is None or not agreed or question.purpose != agreed:
        return
    call.recording = Recording(f"{tel.CONVERSATION}{call.id}-{call.next_count()}", agreed)
    call.recorded[call.recording.name] = agreed
    about = {"purpose": agreed, "recording": call.recording.name}
    calls.centre.note(call, Kind.RECORDING_BEGUN, person=call.talk.person, queue=call.queue, **about)
    calls.order(call, tel.RecordConversation(call.bridge, call.recording.name))


def follow(calls: Calls, call: Call) -> None:
    """Pause the recording, or continue it, as the conversation wants it. Before what pauses it, after what does not."""
    recording, why = call.recording, _why_paused(call)
    if recording is None or recording.is_paused == bool(why):
        return
    recording.is_paused = bool(why)
    kind = Kind.RECORDING_PAUSED if recording.is_paused else Kind.RECORDING_RESUMED
    person = call.talk.person if call.talk else None
    calls.centre.note(call, kind, person=person, queue=call.queue, why=why)
    calls.order(call, tel.PauseRecording(recording.name, recording.is_paused))


def _why_paused(call: Call) -> str:
    """Why nothing may be recorded now; empty when it may."""
    if call.recording is not None and call.recording.by_agent:
        return "agent"
    if call.consult is not None:
        return "consult"
    if any(call.monitors[person][1] == tel.MonitorMode.BARGE_IN for person in call.hearing):
        return "barge_in"
    return "hold" if call.talk is not None and call.talk.held else ""


def end(calls: Calls, call: Call, why: str) -> None:
    """End the recording, if there is one."""
    recording, call.recording = call.recording, None
    if recording is not None:
        _ended(calls, call, recording.name, why)


def _ended(calls: Calls, call: Call, name: str, why: str, *, discard: bool = False) -> None:
    """Note that a recording has ended; with `discard` it is deleted, also one that ended before."""
    person = call.talk.person if call.talk else None
    calls.centre.note(call, Kind.RECORDING_ENDED, person=person, queue=call.queue, why=why, recording=name)
    calls.order(call, tel.StopRecording(name, discard))


def brought_up_to_date(calls: Calls) -> None:
    """Purposes have changed: end each recording whose purpose no longer holds."""
    asked = {queue.recording.purpose for queue in calls.centre.plan.queues.values() if queue.recording is not None}
    for call in list(calls.by_id.values()):
        if call.recording is not None and call.recording.purpose not in asked:
            end(calls, call, "stopped")
            _shown(calls, call)


def forget_consent(call: Call) -> None:
    """Forget what the caller agreed to: the caller goes on to somebody else."""
    call.consents.clear()


def state_of(call: Call) -> RecordingState:
    """The state for the agent's screen."""
    if call.recording is not None:
        return RecordingState.PAUSED if call.recording.is_paused else RecordingState.ON
    if call.recorded:
        return RecordingState.KEPT
    return RecordingState.OFF if call.queue in call.consents else RecordingState.NOT_ASKED


# --- the agent's orders --------------------------------------------------------------------------


def pause(calls: Calls, call: Call) -> None:
    """Pause until the agent continues it. Refused while the exchange would not hear of it."""
    _recording(calls, call).by_agent = True
    _shown(calls, call)


def resume(calls: Calls, call: Call) -> None:
    _recording(calls, call).by_agent = False
    _shown(calls, call)


def stop(calls: Calls, call: Call, *, withdrawn: bool) -> None:
    """End it for good. When the caller has withdrawn the consent, all that was recorded of the call for its purpose is
    deleted, also by an earlier agent, and also when nothing is recorded any more."""
    if withdrawn:
        _withdraw(calls, call)
    else:
        _recording(calls, call)
        end(calls, call, "agent")
    if call.queue in call.consents:
        call.consents[call.queue] = 0
    _shown(calls, call)


def _withdraw(calls: Calls, call: Call) -> None:
    _check_reach(calls, call)
    if not call.recorded:
        raise RefusedOrder("not_recorded")
    purpose = [*call.recorded.values()][-1]
    call.recording = None
    for name in [name for name, of in call.recorded.items() if of == purpose]:
        del call.recorded[name]
        _ended(calls, call, name, "withdrawn", discard=True)


def _recording(calls: Calls, call: Call) -> Recording:
    _check_reach(calls, call)
    if call.recording is None:
        raise RefusedOrder("not_recorded")
    return call.recording


def _check_reach(calls: Calls, call: Call) -> None:
    if not calls.is_in_reach(call):
        raise RefusedOrder("exchange_away")


def _shown(calls: Calls, call: Call) -> None:
    follow(calls, call)
    calls.centre.touch(call)
    if call.talk is not None:
        calls.centre.show(calls.centre.any_desk(call.talk.person))


# --- reports of the exchange ---------------------------------------------------------------------


def complete(calls: Calls, report: tel.ConversationRecorded) -> None:
    """The exchange has ended a recording. One that should go on has failed, and the agent sees that."""
    for call in list(calls.by_id.values()):
        if call.recording is not None and call.recording.name == report.recording:
            end(calls, call, "failed")
            _shown(calls, call)


def reconcile(calls: Calls, exchange: str, live: frozenset[str]) -> None:
    """The exchange is connected: recordings that nobody wants end, and the others become what they should be."""
    wanted = {call.recording.name: call for call in calls.at(exchange) if call.recording is not None}
    for name in sorted(each for each in live - wanted.keys() if each.startswith(tel.CONVERSATION)):
        calls.orders.append((exchange, tel.StopRecording(name)))
    for name, call in wanted.items():
        assert call.recording is not None
        if name not in live:
            calls.order(call, tel.RecordConversation(call.bridge, name))
        calls.order(call, tel.PauseRecording(name, call.recording.is_paused))
