"""The interpreter of flows: a pure state machine. Same flow, state, signal, facts and time: same progress.

Nothing raises for what callers, exchanges or administrators do. A turn that cannot be finished is thrown away as a
whole, and the caller goes to the safe queue with an alert that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from indgang.routing.flows.behaviour import Behaviour
from indgang.routing.flows.branches import (
    ConditionBehaviour,
    LanguageBehaviour,
    OpeningHoursBehaviour,
    ToFlowBehaviour,
    enter_flow,
)
from indgang.routing.flows.dialogue import (
    SHORTEST_MESSAGE_SECONDS,
    AnnouncementBehaviour,
    CallbackOfferBehaviour,
    CancelCallbackBehaviour,
    GreetingBehaviour,
    HangUpBehaviour,
    MenuBehaviour,
    SendElsewhereBehaviour,
    TakeMessageBehaviour,
    TransferBehaviour,
    keep_message,
)
from indgang.routing.flows.state import (
    ANSWERED,
    ASKING,
    DISTURBANCE,
    SAFE_STEP,
    CallerGone,
    EndCall,
    Facts,
    FlowEnding,
    FlowState,
    Key,
    LeaveQueue,
    MessageRecorded,
    Phase,
    Progress,
    PromptEnded,
    QueueSaid,
    RaiseAlert,
    Resumed,
    Signal,
    TimedOut,
    TransferAnswered,
    TransferFailed,
)
from indgang.routing.flows.steps import (
    KEYS,
    STEP_KINDS,
    Announcement,
    CallbackOffer,
    CancelCallback,
    Condition,
    Flow,
    GreetingStep,
    HangUp,
    HangUpCause,
    LanguageStep,
    Menu,
    OpeningHours,
    QueueStep,
    SafeQueue,
    SendElsewhere,
    Step,
    TakeMessage,
    ToFlow,
    Transfer,
)
from indgang.routing.flows.turn import PROMPT_TIMER, CannotGoOnError, Turn
from indgang.routing.flows.waiting import QueueBehaviour, SafeQueueBehaviour

T = TypeVar("T")

#: see `ASKING`
_BY_A_PERSON = FlowEnding.ANSWERED
#: steps entered within one turn; more means that steps lead to each other without anybody waiting
MAX_STEPS_A_TURN = 60
#: steps entered in one call; more means that the caller is led around in circles
MAX_STEPS_A_CALL = 400

_BEHAVIOURS: Mapping[type[Step], Behaviour[Any]] = {
    OpeningHours: OpeningHoursBehaviour(),
    Announcement: AnnouncementBehaviour(),
    GreetingStep: GreetingBehaviour(),
    Menu: MenuBehaviour(),
    Condition: ConditionBehaviour(),
    LanguageStep: LanguageBehaviour(),
    QueueStep: QueueBehaviour(),
    ToFlow: ToFlowBehaviour(),
    CallbackOffer: CallbackOfferBehaviour(),
    CancelCallback: CancelCallbackBehaviour(),
    TakeMessage: TakeMessageBehaviour(),
    Transfer: TransferBehaviour(),
    SendElsewhere: SendElsewhereBehaviour(),
    SafeQueue: SafeQueueBehaviour(),
    HangUp: HangUpBehaviour(),
}
if set(_BEHAVIOURS) != set(STEP_KINDS.values()):
    raise AssertionError("every kind of step needs its behaviour")


def begin(flow: Flow, facts: Facts, at: datetime, *, language: str = "da") -> Progress:
    """A caller comes in. `at` is aware (ValueError otherwise)."""
    moment = at if at.tzinfo is UTC else _moment(at)
    state = FlowState(flow.code, flow.version, flow.start, ASKING, moment)
    state.language = language
    turn = Turn(flow, facts, moment, state)
    turn.because("flow", f"{flow.code} v{flow.version}")
    return _turn(turn, enter_flow, flow)


def advance(flow: Flow, state: FlowState, signal: Signal, facts: Facts, at: datetime) -> Progress:
    """Something has happened. `flow` is the version that `state` names; with another one the caller is made safe.

    `at` is aware (ValueError otherwise). Signals that are late, repeated or out of place change nothing.
    """
    turn = Turn(flow, facts, at if at.tzinfo is UTC else _moment(at), state)
    if state.ending is not None:
        return _after_the_end(turn, signal)
    may_end = _MAY_END.get(type(signal))
    if may_end is not None:
        # it does so whatever the flow says, even when its version can no longer be found
        may_end(turn, signal)
        if turn.state.ending is not None:
            return turn.progress()
    return _turn(turn, _hear, signal)


# --- A turn ------------------------------------------------------------------------------------


def _turn(turn: Turn, first: Callable[[Turn, T], None], about: T) -> Progress:
    try:
        first(turn, about)
        if turn.pending is not None or turn.said_nothing:
            _settle(turn)
    except CannotGoOnError as known:
        return _made_safe(turn, known.code, str(known))
    except Exception as fault:  # noqa: BLE001  # a caller must never be lost to a fault in a flow, in facts or in here
        return _made_safe(turn, "fault", repr(fault))
    return turn.progress()


def _settle(turn: Turn) -> None:
    """Enter steps until one of them waits for something."""
    for _ in range(MAX_STEPS_A_TURN):
        if turn.pending is not None:
            _enter(turn, turn.pending)
        elif turn.said_nothing:
            turn.said_nothing = False
            _prompt_ended(turn)
        else:
            return
    raise CannotGoOnError("loop", f"{turn.flow.code}: {turn.state.step}")


def _enter(turn: Turn, step_id: str) -> None:
    turn.pending = None
    turn.said_nothing = False
    state = turn.state
    if state.moves >= MAX_STEPS_A_CALL:
        raise CannotGoOnError("too_many_steps", f"{turn.flow.code}: {step_id}")
    state.step, state.phase, state.entered_at = step_id, ASKING, turn.at
    state.moves += 1
    turn.because("step", step_id)
    step = turn.current_step()
    behaviour = _BEHAVIOURS[type(step)]
    behaviour.enter(turn, step)
    if not behaviour.DECIDES_AT_ONCE:
        # a key pressed early counts for the menu that comes next, and for no later one
        turn.carried = ""


def _made_safe(failed: Turn, code: str, text: str) -> Progress:
    """Throw the turn away, and put the caller in the safe queue."""
    before = failed.before
    turn = Turn(failed.flow, failed.facts, failed.at, before)
    turn.reasons = failed.reasons
    if failed.was_told_of_end:
        turn.prompt_over()
    turn.because("failed", f"{code}: {text}")
    turn.order(RaiseAlert(code, f"{before.flow} v{before.version}, {failed.state.step}: {text}"))
    turn.leave()
    turn.state.step, turn.state.entered_at = SAFE_STEP, turn.at
    turn.state.moves = before.moves + 1
    _BEHAVIOURS[SafeQueue].enter(turn, SafeQueue(SAFE_STEP))
    return turn.progress()


# --- Signals -----------------------------------------------------------------------------------


def _hear(turn: Turn, signal: Signal) -> None:
    flow, state = turn.flow, turn.state
    if (flow.version != state.version or flow.code != state.flow) and state.step != SAFE_STEP:
        raise CannotGoOnError("wrong_flow", f"{flow.code} v{flow.version}")
    step = turn.current_step()
    heard = _HEARD.get(type(signal))
    if heard is None:
        turn.because("signal_ignored", type(signal).__name__)
    else:
        heard(turn, step, _BEHAVIOURS[type(step)], signal)


def _prompt_reported(turn: Turn, _step: Step, _behaviour: Behaviour[Any], signal: PromptEnded) -> None:
    if signal.say != turn.state.saying or not signal.say:
        turn.because("signal_ignored", f"prompt {signal.say}")
        return
    turn.was_told_of_end = True
    turn.prompt_over()
    _prompt_ended(turn)


def _prompt_ended(turn: Turn) -> None:
    if turn.state.phase is DISTURBANCE:
        turn.pending = turn.state.step
        return
    step = turn.current_step()
    _BEHAVIOURS[type(step)].prompt_ended(turn, step)


def _key(turn: Turn, step: Step, behaviour: Behaviour[Any], signal: Key) -> None:
    key = signal.key
    if len(key) != 1 or key not in KEYS:
        turn.because("key_ignored", key)
    elif turn.state.phase is DISTURBANCE:
        # whoever knows the menu need not hear it out
        turn.carried = key
        turn.hush()
        turn.because("interrupted", key)
        turn.pending = turn.state.step
    else:
        behaviour.key(turn, step, key)


def _timed_out(turn: Turn, step: Step, behaviour: Behaviour[Any], signal: TimedOut) -> None:
    what = turn.timer_over(signal.name)
    if not what:
        turn.because("signal_ignored", f"timer {signal.name}")
    elif what == PROMPT_TIMER:
        turn.because("prompt_end_not_reported", str(turn.state.saying))
        turn.hush()
        _prompt_ended(turn)
    else:
        behaviour.timed_out(turn, step, what)


def _resumed(turn: Turn, step: Step, behaviour: Behaviour[Any], _signal: Resumed) -> None:
    turn.because("resumed", step.id)
    turn.hush()
    if turn.state.phase is DISTURBANCE:
        turn.pending = step.id
        return
    if not turn.state.queue:
        # the driver's timers are gone; the step sets its own again
        turn.state.timers = ()
    behaviour.resume(turn, step)


def _queue_said(turn: Turn, step: Step, behaviour: Behaviour[Any], signal: QueueSaid) -> None:
    behaviour.queue_said(turn, step, signal)


def _recorded(turn: Turn, step: Step, behaviour: Behaviour[Any], signal: MessageRecorded) -> None:
    behaviour.recorded(turn, step, signal.seconds)


def _transfer_failed(turn: Turn, step: Step, behaviour: Behaviour[Any], signal: TransferFailed) -> None:
    behaviour.transfer_failed(turn, step, signal.why)


_HEARD: Mapping[type[Signal], Callable[[Turn, Step, Behaviour[Any], Any], None]] = {
    PromptEnded: _prompt_reported,
    Key: _key,
    TimedOut: _timed_out,
    QueueSaid: _queue_said,
    MessageRecorded: _recorded,
    TransferFailed: _transfer_failed,
    Resumed: _resumed,
}


# --- The end -----------------------------------------------------------------------------------


def _perhaps_answered(turn: Turn, signal: QueueSaid) -> None:
    if signal.news is ANSWERED and turn.state.queue:
        turn.close_consent("answered")
        turn.because("answered", turn.state.queue)
        turn.end(_BY_A_PERSON)


def _transfer_answered(turn: Turn, _signal: TransferAnswered) -> None:
    if turn.state.phase is Phase.TRANSFERRING:
        turn.end(FlowEnding.TRANSFERRED)


def _caller_gone(turn: Turn, _signal: CallerGone) -> None:
    queue, was_recording = turn.state.queue, turn.state.phase is Phase.RECORDING
    turn.because("caller_gone", turn.state.step)
    turn.end(turn.state.kept or FlowEnding.CALLER_GONE)
    if queue:
        turn.order(LeaveQueue(queue))
    if was_recording:
        # the recording of what was said is still to come
        turn.state.phase = Phase.RECORDING


_MAY_END: Mapping[type[Signal], Callable[[Turn, Any], None]] = {
    QueueSaid: _perhaps_answered,
    TransferAnswered: _transfer_answered,
    CallerGone: _caller_gone,
}


def _after_the_end(turn: Turn, signal: Signal) -> Progress:
    step = turn.flow.step(turn.state.step)
    if turn.state.phase is Phase.RECORDING and isinstance(signal, MessageRecorded) and isinstance(step, TakeMessage):
        turn.state.phase = Phase.ENDED
        if signal.seconds >= SHORTEST_MESSAGE_SECONDS:
            keep_message(turn, step, signal.seconds)
            turn.state.kept = FlowEnding.MESSAGE_TAKEN
            turn.state.ending = FlowEnding.MESSAGE_TAKEN
    elif isinstance(signal, Resumed) and turn.state.ending is FlowEnding.HUNG_UP:
        # the order to hang up may not have been carried out
        turn.order(EndCall(HangUpCause.NORMAL))
    else:
        turn.because("signal_ignored", type(signal).__name__)
    return turn.progress()


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)
