"""Tells callers who wait in a queue that they will be asked how it went, once in a call, and takes their no by a key.

It is said when nothing else is: a queue's own messages and the question about recording come first. An agent who
answers cuts it short, because nobody waits longer for it.
"""

from __future__ import annotations

from datetime import timedelta

from indgang.entry.board.call import Call, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.event_kinds import Kind
from indgang.telephony import contract as tel

#: name of the timer, and how long after the music has begun
ANNOUNCE_TIMER, AFTER_SECONDS = "!announce", 0.3
NO_KEY = "*"
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
    call.survey = ANNOUNCED
    calls.centre.note(call, Kind.SURVEY_ANNOUNCED, queue=call.queue)
    _say(calls, call, prompts[0])


def declined(calls: Calls, call: Call, key: str) -> bool:
    """Whether the key is the caller's no to being asked."""
    prompts = calls.centre.plan.announcements.get(call.queue)
    if key != NO_KEY or call.survey != ANNOUNCED or call.stage is not Stage.FLOW or prompts is None:
        return False
    call.survey = DECLINED
    calls.centre.note(call, Kind.SURVEY_DECLINED, queue=call.queue)
    _say(calls, call, prompts[1])
    return True


def _say(calls: Calls, call: Call, prompt: str) -> None:
    name = calls.prompt_name(prompt, call.language)
    calls.order(call, tel.Play(call.leg, f"{call.id}:survey", (name,)), tel.Music(call.leg, True))
