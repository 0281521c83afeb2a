"""A caller arrives and is led by a flow: what the flow's interpreter says is carried out here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from indgang.core.ids import uuid7
from indgang.entry.board import coming_back, facts, handing_on, recovery, talking, waiting
from indgang.entry.board.state import Call, Role, Stage
from indgang.entry.journal import Kind
from indgang.routing import flows
from indgang.routing.flows import state as fs
from indgang.routing.flows.steps import Flow, Menu, Queue, ToFlow
from indgang.telephony import contract as tel

if TYPE_CHECKING:
    from indgang.entry.board.board import Board

#: the flow of a caller whose number leads to no flow: straight to the safe queue
NO_FLOW = Flow(code="", version=0, title="", start="", steps=())


def arrived(board: Board, exchange: str, report: tel.Arrived) -> None:
    """A new caller, or one who comes back from the exchange's own plan. A report told twice changes nothing."""
    if report.leg in board.legs:
        recovery.came_back(board, board.calls[board.legs[report.leg][0]])
        return
    entry = board.plan.entries.get(report.dialled)
    call = Call(
        id=str(uuid7()),
        exchange=exchange,
        leg=report.leg,
        number=report.caller_number,
        caller_name=report.caller_name,
        dialled=report.dialled,
        arrived=board.at,
        stage=Stage.FLOW,
        entry=entry.pk if entry else None,
        centre=entry.centre if entry else "",
        language=entry.language if entry else "da",
    )
    board.calls[call.id] = call
    board.claim(call.leg, call, Role.CALLER)
    board.note(
        call, Kind.ARRIVED, exchange=exchange, leg=call.leg, dialled=call.dialled, caller_number=call.number,
        caller_name=call.caller_name, entry_point=call.entry, centre=call.centre, language=call.language,
    )  # fmt: skip
    flow = board.plan.flows.get(entry.flow) if entry else None
    if flow is None:
        board.alert("no_flow", call.dialled, call=call)
    progress = flows.begin(flow or NO_FLOW, _facts(board, call), board.at)
    _go_on(board, call, progress, before=None)


def keyed(board: Board, call: Call, report: tel.Keyed) -> None:
    signal(board, call, fs.Key(report.key))


def played(board: Board, call: Call, report: tel.Played) -> None:
    number = report.playback.rpartition(":")[2]
    # a prompt that was stopped is told of too
    if number.isdigit() and call.flow and call.flow.saying == int(number):
        signal(board, call, fs.PromptEnded(int(number)))


def recorded(board: Board, call: Call, report: tel.Recorded) -> None:
    signal(board, call, fs.Recorded(report.seconds))
    if report.seconds and call.promised == "message":
        board.out.recordings.append((call.id, call.exchange, report.recording))


def timed_out(board: Board, call: Call, name: str) -> None:
    """A timer of the call ran out; one of the flow that was cancelled or set anew since is not told.

    While the exchange is out of our reach no time passes for its callers: what is due is set anew when it is back.
    """
    if not board.is_up(call.exchange) or call.stands_still:
        return
    if name == talking.PHONE_GRACE:
        talking.phone_still_gone(board, call)
        return
    if name == coming_back.COMES_BACK:
        coming_back.waited_enough(board, call)
        return
    if name == waiting.NOBODY_ABLE:
        waiting.still_nobody_able(board, call)
        return
    if call.flow and any(timer.name == name and timer.due <= board.at for timer in call.flow.timers):
        signal(board, call, fs.TimedOut(name))


def figures_changed(board: Board, call: Call) -> None:
    if call.waits:
        signal(board, call, fs.QueueSaid(fs.QueueNews.CHANGED))


def signal(board: Board, call: Call, what: fs.Signal) -> None:
    """Tell the caller's flow, if it still has the caller, and carry out what it answers.

    While the exchange is out of our reach nothing it says would be done: it stands still until `Resumed`.
    """
    if call.flow is None or call.flow.has_ended or call.stands_still or not board.is_up(call.exchange):
        return
    flow = board.plan.versions.get((call.flow.flow, call.flow.version)) or NO_FLOW
    progress = flows.advance(flow, call.flow, what, _facts(board, call), board.at)
    _go_on(board, call, progress, before=call.flow)


def caller_left(board: Board, call: Call) -> None:
    """The flow may have something to keep of a caller who is gone (a message half spoken, a callback promised)."""
    if call.flow is None or call.flow.has_ended:
        return
    flow = board.plan.versions.get((call.flow.flow, call.flow.version)) or NO_FLOW
    progress = flows.advance(flow, call.flow, fs.CallerGone(), _facts(board, call), board.at)
    call.flow = progress.state
    for instruction in progress.instructions:
        if isinstance(instruction, fs.KeepMessage | fs.PromiseCallback | fs.RaiseAlert):
            _promise(board, call, instruction, progress)


def _go_on(board: Board, call: Call, progress: fs.Progress, before: fs.FlowState | None) -> None:
    call.flow = progress.state
    _note_choices(board, call, before)
    if call.language != progress.state.language:
        call.language = progress.state.language
        board.note(call, Kind.LANGUAGE, language=call.language)
    if call.flow != before:
        board.touch(call)
    for instruction in progress.instructions:
        if call.id not in board.calls:
            return
        _carry_out(board, call, instruction, progress)


def _note_choices(board: Board, call: Call, before: fs.FlowState | None) -> None:
    assert call.flow is not None
    seen = len(before.choices) if before else 0
    for flow_code, step, key in call.flow.choices[seen:]:
        board.note(call, Kind.MENU, key=key, label=_label(board, flow_code, call.flow.version, step, key))


def _label(board: Board, flow_code: str, version: int, step_id: str, key: str) -> str:
    """What a menu key stands for, in words: the queue or the flow it leads to, else the step's name."""
    flow = board.plan.versions.get((flow_code, version)) or board.plan.flows.get(flow_code)
    step = flow.step(step_id) if flow else None
    target = step.step_for(key) if isinstance(step, Menu) else ""
    led_to = flow.step(target) if flow else None
    if isinstance(led_to, Queue) and led_to.queue in board.plan.queues:
        return board.plan.queues[led_to.queue].name
    if isinstance(led_to, ToFlow) and led_to.flow in board.plan.flows:
        return board.plan.flows[led_to.flow].title or led_to.flow
    return target.replace("-", " ").capitalize()


def _carry_out(board: Board, call: Call, instruction: fs.Instruction, progress: fs.Progress) -> None:
    match instruction:
        case fs.Say(say=number, prompts=prompts, language=language):
            take_line(board, call)
            names = tuple(prompt_name(board, prompt, language) for prompt in prompts)
            board.order(call, tel.Play(call.leg, f"{call.id}:{number}", names))
        case fs.StopSaying(say=number):
            board.order(call, tel.StopPlaying(call.leg, f"{call.id}:{number}"))
        case fs.PlayMusic():
            take_line(board, call)
            board.order(call, tel.Music(call.leg, True))
        case fs.Listen() | fs.CancelTimer():
            pass  # keys always reach us, and a timer that is gone from the state is not told
        case fs.SetTimer(name=name, seconds=seconds):
            board.set_timer(call, name, board.at + timedelta(seconds=seconds))
        case fs.Enqueue():
            take_line(board, call)
            waiting.enqueue(board, call, instruction, progress.reasons)
        case fs.LeaveQueue():
            waiting.leave_queue(board, call, why="flow", reasons=progress.reasons)
        case fs.TransferTo(address=address, timeout=timeout):
            take_line(board, call)
            handing_on.from_flow(board, call, address, timeout)
        case fs.RecordMessage(max_seconds=seconds):
            take_line(board, call)
            board.order(call, tel.Record(call.leg, call.new_leg(), seconds))
        case _:
            _promise(board, call, instruction, progress)


def _promise(board: Board, call: Call, instruction: fs.Instruction, progress: fs.Progress) -> None:
    """Instructions that keep something, or end the flow."""
    match instruction:
        case fs.KeepMessage(queue=queue, seconds=seconds):
            call.promised = "message"
            board.note(call, Kind.MESSAGE, queue=queue, seconds=seconds)
        case fs.PromiseCallback(number=number, queue=queue):
            call.promised = "callback"
            board.note(call, Kind.CALLBACK, queue=queue, number=number)
        case fs.GoTo(flow=flow):
            call.centre = board.plan.flow_centres.get(flow, call.centre)
            board.note(call, Kind.OVERFLOWED, to=flow, reasons=_reasons(progress.reasons))
        case fs.RaiseAlert(code=code, text=text):
            board.alert(code, text, call=call)
            board.note(call, Kind.ALERTED, code=code, text=text)
        case fs.EndCall(cause=cause):
            board.drop_leg(call, call.leg, cause.value)
            board.note(call, Kind.LEFT, why="flow_ended")
            board.forget(call)
        case _:
            raise AssertionError(f"no one carries out {instruction!r}")


def take_line(board: Board, call: Call) -> None:
    """Answer the caller, once."""
    if not call.on_line:
        call.on_line = True
        board.order(call, tel.Answer(call.leg))


def prompt_name(board: Board, prompt: str, language: str) -> str:
    """The name a prompt is loaded under: in the caller's language if it exists, else Danish; figures stay."""
    if prompt.startswith(("number:", "digits:")):
        return prompt
    name = f"{prompt}.{language}"
    return name if name in board.plan.prompts else f"{prompt}.da"


def _reasons(reasons: tuple[fs.Reason, ...]) -> list[list[str]]:
    return [[reason.code, reason.value] for reason in reasons]


def _facts(board: Board, call: Call) -> fs.FlowFacts:
    distributor = board.distributor
    return facts.of_caller(
        board.plan,
        at=board.at,
        number=call.number,
        centre=call.centre,
        queue=lambda code: waiting.figures(board, code),
        position=distributor.position(call.id) if call.waits else None,
        expected_wait=distributor.expected_wait(call.id, board.now) if call.waits else None,
    )
