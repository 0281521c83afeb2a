"""Leads items through their flows: carries out the interpreter's instructions, here or through the carrier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from indgang.routing import flows
from indgang.routing.centre import callbacks, offers
from indgang.routing.centre.core import Core, pairs
from indgang.routing.centre.facts import ItemFacts
from indgang.routing.centre.output import MENU, CentreEventKind
from indgang.routing.centre.work import WorkItem
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow, Menu, QueueStep, ToFlow

#: the flow of an item whose entry point has none: straight to the safe queue
NO_FLOW = Flow(code="", version=0, title="", start="", steps=())


def begin(core: Core, item: WorkItem, flow: Flow | None) -> None:
    """Let the item enter a flow; None is the safe queue."""
    _go_on(core, item, flows.begin(flow or NO_FLOW, ItemFacts(core, item), core.at), None)


def signal(core: Core, item: WorkItem, what: fs.Signal) -> None:
    """Tell the item's flow, if it still has the item, and carry out what it answers.

    While the carrier is unreachable the flow is suspended, until `Resumed`.
    """
    state = item.flow
    if state is None or state.ending is not None or item.id not in core.items:
        return
    if core.carriers[item.kind].is_up(item):
        flow = core.plan.versions.get((state.flow, state.version), NO_FLOW)
        _go_on(core, item, flows.advance(flow, state, what, ItemFacts(core, item), core.at), state)


def contact_left(core: Core, item: WorkItem) -> None:
    """Let the flow of a contact who has left store what there is (part of a message, a promise)."""
    state = item.flow
    if state is None or state.has_ended:
        return
    flow = core.plan.versions.get((state.flow, state.version), NO_FLOW)
    progress = flows.advance(flow, state, fs.CallerGone(), ItemFacts(core, item), core.at)
    item.flow = progress.state
    if core.watch is not None:
        core.watch(item, progress)
    for instruction in progress.instructions:
        if isinstance(instruction, fs.KeepMessage | fs.PromiseCallback | fs.RaiseAlert):
            _CARRIED_OUT[type(instruction)](core, item, instruction, progress)


def timed_out(core: Core, item: WorkItem) -> None:
    """The first of the flow's timers has run out, unless the clock or the timer was set otherwise meanwhile."""
    timers = item.flow.timers if item.flow is not None else ()
    first = min(timers, key=_due, default=None)
    if first is not None and first.due <= core.at:
        signal(core, item, fs.TimedOut(first.name))
    else:
        core.await_flow(item, timers)


_due = attrgetter("due")


def _go_on(core: Core, item: WorkItem, progress: fs.Progress, before: fs.FlowState | None) -> None:
    state = item.flow = progress.state
    if core.watch is not None:
        core.watch(item, progress)
    if state.choices and (before is None or state.choices is not before.choices):
        _note_choices(core, item, state, before)
    if item.language != state.language:
        item.language = state.language
        core.note(item, CentreEventKind.LANGUAGE, language=item.language)
    if state.differs_from(before):
        core.out.items[item.id] = None
    if before is None or state.timers is not before.timers:
        core.await_flow(item, state.timers)
    if not progress.instructions:
        return
    carrier, items = core.carriers[item.kind], core.items
    for instruction in progress.instructions:
        if item.id not in items:
            return
        carry_out = _CARRIED_OUT.get(type(instruction))
        if carry_out is None:
            carrier.perform(item, instruction)
        else:
            carry_out(core, item, instruction, progress)


def _nothing_to_do(_core: Core, _item: WorkItem, _instruction: fs.Instruction, _progress: fs.Progress) -> None:
    """Nothing to do: keys are always received."""


def _enqueue(core: Core, item: WorkItem, instruction: fs.Enqueue, progress: fs.Progress) -> None:
    core.carriers[item.kind].perform(item, instruction)
    offers.enqueue(core, item, instruction, progress.reasons)


def _leave_queue(core: Core, item: WorkItem, _instruction: fs.LeaveQueue, progress: fs.Progress) -> None:
    offers.leave_queue(core, item, why="flow", reasons=progress.reasons)


def _keep_message(core: Core, item: WorkItem, instruction: fs.KeepMessage, _progress: fs.Progress) -> None:
    item.promised = "message"
    core.note(item, CentreEventKind.MESSAGE, queue=instruction.queue, seconds=instruction.seconds)


def _promise_callback(core: Core, item: WorkItem, instruction: fs.PromiseCallback, _progress: fs.Progress) -> None:
    callbacks.from_flow(core, item, instruction)


def _note_consent(core: Core, item: WorkItem, instruction: fs.NoteConsent, _progress: fs.Progress) -> None:
    item.consents[instruction.queue] = instruction.purpose if instruction.given else 0
    core.note(
        item, CentreEventKind.RECORDING_CONSENT, queue=instruction.queue, purpose=instruction.purpose,
        given=instruction.given, how=instruction.how,
    )  # fmt: skip


def _note_elsewhere(core: Core, item: WorkItem, instruction: fs.NoteElsewhere, _progress: fs.Progress) -> None:
    core.note(item, CentreEventKind.ELSEWHERE, municipality=instruction.municipality, what=instruction.what)


def _take_up_callback(core: Core, item: WorkItem, _instruction: fs.TakeUpCallback, _progress: fs.Progress) -> None:
    callbacks.taken_up(core, item)


def _call_off_callback(core: Core, item: WorkItem, _instruction: fs.CallOffCallback, _progress: fs.Progress) -> None:
    callbacks.called_off(core, item)


def _go_to_flow(core: Core, item: WorkItem, instruction: fs.GoTo, progress: fs.Progress) -> None:
    item.centre = core.plan.flow_centres.get(instruction.flow, item.centre)
    queues = (each.queue for each in progress.instructions if isinstance(each, fs.Enqueue))
    core.note(
        item, CentreEventKind.OVERFLOWED, queue=item.queue, to=instruction.flow, to_version=instruction.version,
        to_queue=next(queues, None), reasons=pairs(progress.reasons),
    )  # fmt: skip


def _raise_alert(core: Core, item: WorkItem, instruction: fs.RaiseAlert, _progress: fs.Progress) -> None:
    core.alert(instruction.code, instruction.text, item=item)
    core.note(item, CentreEventKind.ALERTED, code=instruction.code, text=instruction.text)


#: the instructions that are not for the item's carrier
_CARRIED_OUT: Mapping[type[fs.Instruction], Callable[[Core, WorkItem, Any, fs.Progress], None]] = {
    fs.Listen: _nothing_to_do,
    fs.Enqueue: _enqueue,
    fs.LeaveQueue: _leave_queue,
    fs.KeepMessage: _keep_message,
    fs.PromiseCallback: _promise_callback,
    fs.NoteConsent: _note_consent,
    fs.NoteElsewhere: _note_elsewhere,
    fs.TakeUpCallback: _take_up_callback,
    fs.CallOffCallback: _call_off_callback,
    fs.GoTo: _go_to_flow,
    fs.RaiseAlert: _raise_alert,
}


# --- the caller's choices, in words --------------------------------------------------------------


def _note_choices(core: Core, item: WorkItem, state: fs.FlowState, before: fs.FlowState | None) -> None:
    seen = len(before.choices) if before else 0
    if len(state.choices) == seen:
        return
    for flow_code, step, key in state.choices[seen:]:
        flow = core.plan.versions.get((flow_code, state.version)) or core.plan.flows.get(flow_code)
        core.note(
            item, MENU, key=key, label=_label(core, flow, step, key), flow=flow_code,
            flow_version=flow.version if flow else None, step=step,
        )  # fmt: skip


def _label(core: Core, flow: Flow | None, step_id: str, key: str) -> str:
    """The meaning of a menu key: the name of the queue or flow it leads to, else of the step."""
    step = flow.step(step_id) if flow else None
    target = step.step_for(key) if isinstance(step, Menu) else ""
    led_to = flow.step(target) if flow else None
    if isinstance(led_to, QueueStep) and led_to.queue in core.plan.queues:
        return core.plan.queues[led_to.queue].name
    if isinstance(led_to, ToFlow) and led_to.flow in core.plan.flows:
        return core.plan.flows[led_to.flow].title or led_to.flow
    return target.replace("-", " ").capitalize()
