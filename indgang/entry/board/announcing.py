"""Tells callers who wait in a queue that they will be asked how it went, once in a call, and takes their no by a key.

It is said when nothing else is: a queue's own messages and the question about recording come first. An agent who
answers cuts it short, because nobody waits longer for it.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.entry.board.call import Call, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.event_kinds import Kind
from indgang.routing.flows.state import Phase
from indgang.routing.flows.steps import QueueStep
from indgang.telephony import contract as tel

#: name of the timer, and how long after the music has begun
ANNOUNCE_TIMER, AFTER_SECONDS = "!announce", 0.3
NO_KEY = "*"
#: how long after the announcement has begun the key is a no, in seconds; it takes about ten to say
KEY_SECONDS = 30.0
#: `Call.survey`
ANNOUNCED, DECLINED = "announced", "declined"


def music_begins(calls: Calls, call: Call) -> None:
    """Nothing is said to the caller now: tell them soon, unless something is said until then."""
    if not call.survey and call.queue in calls.centre.plan.announcements:
        calls.centre.set_timer(call, ANNOUNCE_TIMER, calls.centre.at + timedelta(seconds=AFTER_SECONDS))


def look(calls: Calls, call: Call) -> None:
    prompts = calls.centre.plan.announcements.get(call.queue)
    is_asked = call.flow is not None and (call.flow.saying or call.flow.consent_open)
    if prompts is None or call.survey or is_asked or call.stage is not Stage.FLOW or not calls.is_in_reach(call):
        return
    call.survey, call.survey_at = ANNOUNCED, calls.centre.at
    calls.centre.note(call, Kind.SURVEY_ANNOUNCED, queue=call.queue)
    _say(calls, call, prompts[0])


def declined(calls: Calls, call: Call, key: str) -> bool:
    """Whether the key is the caller's no to being asked: after the announcement, while it means nothing else."""
    prompts = calls.centre.plan.announcements.get(call.queue)
    if key != NO_KEY or prompts is None or not _has_been_told(calls, call) or _means_another(calls, call):
        return False
    call.survey = DECLINED
    calls.centre.note(call, Kind.SURVEY_DECLINED, queue=call.queue)
    _say(calls, call, prompts[1])
    return True


def _has_been_told(calls: Calls, call: Call) -> bool:
    since = call.survey_at if call.survey == ANNOUNCED else None
    return since is not None and (calls.centre.at - since).total_seconds() < KEY_SECONDS


def _means_another(calls: Calls, call: Call) -> bool:
    """Whether the key is for the flow: outside a queue, for the question about recording, or for a callback."""
    state, plan = call.flow, calls.centre.plan
    if call.stage is not Stage.FLOW or state is None or state.phase is not Phase.QUEUED or state.consent_open:
        return True
    flow = plan.versions.get((state.flow, state.version)) or plan.flows.get(state.flow)
    step = flow.step(state.step) if flow else None
    callback = step.callback if isinstance(step, QueueStep) else None
    return callback is not None and state.callback_open and callback.key == NO_KEY


def _say(calls: Calls, call: Call, prompt: str) -> None:
    name = calls.prompt_name(prompt, call.language)
    calls.order(call, tel.Play(call.leg, f"{call.id}:survey", (name,)), tel.Music(call.leg, True))
