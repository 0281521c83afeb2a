"""An item is led by a flow: what the flow's interpreter says is carried out here, or by the item's carrier."""

from __future__ import annotations

from indgang.routing import flows
from indgang.routing.centre import callbacks, facts, offers
from indgang.routing.centre.core import Core, pairs
from indgang.routing.centre.output import Kind
from indgang.routing.centre.work import WorkItem
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow, Menu, Queue, ToFlow

#: the flow of an item whose entry leads to no flow: straight to the safe queue
NO_FLOW = Flow(code="", version=0, title="", start="", steps=())


def begin(core: Core, item: WorkItem, flow: Flow | None) -> None:
    """The item enters a flow; none is the safe queue."""
    _go_on(core, item, flows.begin(flow or NO_FLOW, _facts(core, item), core.at), before=None)


def signal(core: Core, item: WorkItem, what: fs.Signal) -> None:
    """Tell the item's flow, if it still has the item, and carry out what it answers.

    While the carrier is out of reach nothing it says would be done: it stands still until `Resumed`.
    """
    state = item.flow
    if state is None or state.has_ended or item.id not in core.items or not core.carrier(item).is_up(item):
        return
    progress = flows.advance(_flow_of(core, state), state, what, _facts(core, item), core.at)
    _go_on(core, item, progress, before=state)


def contact_left(core: Core, item: WorkItem) -> None:
    """The flow may have something to keep of a contact who is gone (a message half spoken, a promise made)."""
    state = item.flow
    if state is None or state.has_ended:
        return
    progress = flows.advance(_flow_of(core, state), state, fs.CallerGone(), _facts(core, item), core.at)
    item.flow = progress.state
    for instruction in progress.instructions:
        if isinstance(instruction, fs.KeepMessage | fs.PromiseCallback | fs.RaiseAlert):
            _carry_out(core, item, instruction, progress)


def timed_out(core: Core, item: WorkItem, name: str) -> None:
    """A timer of the flow ran out; one that was cancelled or set anew since is not told."""
    if item.flow and any(timer.name == name and timer.due <= core.at for timer in item.flow.timers):
        signal(core, item, fs.TimedOut(name))


def _flow_of(core: Core, state: fs.FlowState) -> Flow:
    return core.plan.versions.get((state.flow, state.version)) or NO_FLOW


def _go_on(core: Core, item: WorkItem, progress: fs.Progress, before: fs.FlowState | None) -> None:
    item.flow = progress.state
    _note_choices(core, item, before)
    if item.language != progress.state.language:
        item.language = progress.state.language
        core.note(item, Kind.LANGUAGE, language=item.language)
    if item.flow != before:
        core.touch(item)
    for instruction in progress.instructions:
        if item.id not in core.items:
            return
        _carry_out(core, item, instruction, progress)


def _carry_out(core: Core, item: WorkItem, instruction: fs.Instruction, progress: fs.Progress) -> None:
    match instruction:
        case fs.SetTimer(name=name, seconds=seconds):
            core.set_timer_in(item, name, seconds)
        case fs.Listen() | fs.CancelTimer():
            pass  # keys always reach us, and a timer that is gone from the state is not told
        case fs.Enqueue():
            core.carrier(item).perform(item, instruction)
            offers.enqueue(core, item, instruction, progress.reasons)
        case fs.LeaveQueue():
            offers.leave_queue(core, item, why="flow", reasons=progress.reasons)
        case fs.KeepMessage(queue=queue, seconds=seconds):
            item.promised = "message"
            core.note(item, Kind.MESSAGE, queue=queue, seconds=seconds)
        case fs.PromiseCallback():
            callbacks.from_flow(core, item, instruction)
        case fs.GoTo(flow=flow):
            item.centre = core.plan.flow_centres.get(flow, item.centre)
            core.note(item, Kind.OVERFLOWED, to=flow, reasons=pairs(progress.reasons))
        case fs.RaiseAlert(code=code, text=text):
            core.alert(code, text, item=item)
            core.note(item, Kind.ALERTED, code=code, text=text)
        case _:
            core.carrier(item).perform(item, instruction)


# --- the caller's choices, in words --------------------------------------------------------------


def _note_choices(core: Core, item: WorkItem, before: fs.FlowState | None) -> None:
    assert item.flow is not None
    seen = len(before.choices) if before else 0
    for flow_code, step, key in item.flow.choices[seen:]:
        flow = core.plan.versions.get((flow_code, item.flow.version)) or core.plan.flows.get(flow_code)
        core.note(
            item, Kind.MENU, key=key, label=_label(core, flow, step, key), flow=flow_code,
            flow_version=flow.version if flow else None, step=step,
        )  # fmt: skip


def _label(core: Core, flow: Flow | None, step_id: str, key: str) -> str:
    """What a menu key stands for, in words: the queue or the flow it leads to, else the step's name."""
    step = flow.step(step_id) if flow else None
    target = step.step_for(key) if isinstance(step, Menu) else ""
    led_to = flow.step(target) if flow else None
    if isinstance(led_to, Queue) and led_to.queue in core.plan.queues:
        return core.plan.queues[led_to.queue].name
    if isinstance(led_to, ToFlow) and led_to.flow in core.plan.flows:
        return core.plan.flows[led_to.flow].title or led_to.flow
    return target.replace("-", " ").capitalize()


def _facts(core: Core, item: WorkItem) -> fs.FlowFacts:
    distributor = core.distributor
    return facts.of_caller(
        core.plan,
        at=core.at,
        number=item.contact,
        centre=item.centre,
        queue=lambda code: offers.figures(core, code),
        position=distributor.position(item.id) if item.waits else None,
        expected_wait=distributor.expected_wait(item.id, core.now) if item.waits else None,
    )
