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
    HangUpBehaviour,
    MenuBehaviour,
    TakeMessageBehaviour,
    TransferBehaviour,
    keep_message,
)
from indgang.routing.flows.play import PROMPT_TIMER, CannotGoOnError, Play
from indgang.routing.flows.state import (
    SAFE_STEP,
    CallerGone,
    EndCall,
    Ending,
    Facts,
    FlowState,
    Key,
    LeaveQueue,
    Phase,
    Progress,
    PromptEnded,
    QueueNews,
    QueueSaid,
    RaiseAlert,
    Recorded,
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
    HangUp,
    HangUpCause,
    Language,
    Menu,
    OpeningHours,
    Queue,
    SafeQueue,
    Step,
    TakeMessage,
    ToFlow,
    Transfer,
)
from indgang.routing.flows.waiting import QueueBehaviour, SafeQueueBehaviour

T = TypeVar("T")

#: steps entered within one turn; more means that steps lead to each other without anybody waiting
MAX_STEPS_A_TURN = 60
#: steps entered in one call; more means that the caller is led around in circles
MAX_STEPS_A_CALL = 400

_BEHAVIOURS: Mapping[type[Step], Behaviour[Any]] = {
    OpeningHours: OpeningHoursBehaviour(),
    Announcement: AnnouncementBehaviour(),
    Menu: MenuBehaviour(),
    Condition: ConditionBehaviour(),
    Language: LanguageBehaviour(),
    Queue: QueueBehaviour(),
    ToFlow: ToFlowBehaviour(),
    CallbackOffer: CallbackOfferBehaviour(),
    CancelCallback: CancelCallbackBehaviour(),
    TakeMessage: TakeMessageBehaviour(),
    Transfer: TransferBehaviour(),
    SafeQueue: SafeQueueBehaviour(),
    HangUp: HangUpBehaviour(),
}
if set(_BEHAVIOURS) != set(STEP_KINDS.values()):
    raise AssertionError("every kind of step needs its behaviour")


def begin(flow: Flow, facts: Facts, at: datetime, *, language: str = "da") -> Progress:
    """A caller comes in. `at` is aware (ValueError otherwise)."""
    moment = _moment(at)
    state = FlowState(flow.code, flow.version, flow.start, Phase.ASKING, moment, language=language)
    play = Play(flow, facts, moment, state)
    play.because("flow", f"{flow.code} v{flow.version}")
    return _turn(play, enter_flow, flow)


def advance(flow: Flow, state: FlowState, signal: Signal, facts: Facts, at: datetime) -> Progress:
    """Something has happened. `flow` is the version that `state` names; with another one the caller is made safe.

    `at` is aware (ValueError otherwise). Signals that are late, repeated or out of place change nothing.
    """
    play = Play(flow, facts, _moment(at), state)
    if state.ending is not None:
        return _after_the_end(play, signal)
    if _ends_the_flow(play, signal):
        return play.progress()
    return _turn(play, _hear, signal)


# --- A turn ------------------------------------------------------------------------------------


def _turn(play: Play, first: Callable[[Play, T], None], about: T) -> Progress:
    try:
        first(play, about)
        _settle(play)
    except CannotGoOnError as known:
        return _made_safe(play, known.code, str(known))
    except Exception as fault:  # noqa: BLE001  # a caller must never be lost to a fault in a flow, in facts or in here
        return _made_safe(play, "fault", repr(fault))
    return play.progress()


def _settle(play: Play) -> None:
    """Enter steps until one of them waits for something."""
    for _ in range(MAX_STEPS_A_TURN):
        if play.pending is not None:
            _enter(play, play.pending)
        elif play.said_nothing:
            play.said_nothing = False
            _prompt_ended(play)
        else:
            return
    raise CannotGoOnError("loop", f"{play.flow.code}: {play.state.step}")


def _enter(play: Play, step_id: str) -> None:
    play.pending = None
    play.said_nothing = False
    if play.state.moves >= MAX_STEPS_A_CALL:
        raise CannotGoOnError("too_many_steps", f"{play.flow.code}: {step_id}")
    state = play.state
    state.step, state.phase, state.entered_at = step_id, Phase.ASKING, play.at
    state.moves += 1
    play.because("step", step_id)
    step = play.step
    behaviour = _BEHAVIOURS[type(step)]
    behaviour.enter(play, step)
    if not behaviour.DECIDES_AT_ONCE:
        # a key pressed early counts for the menu that comes next, and for no later one
        play.carried = ""


def _made_safe(failed: Play, code: str, text: str) -> Progress:
    """Throw the turn away, and put the caller in the safe queue."""
    before = failed.before
    play = Play(failed.flow, failed.facts, failed.at, before)
    play.reasons = failed.reasons
    if failed.was_told_of_end:
        play.prompt_over()
    play.because("failed", f"{code}: {text}")
    play.order(RaiseAlert(code, f"{before.flow} v{before.version}, {failed.state.step}: {text}"))
    play.leave()
    play.state.step, play.state.entered_at = SAFE_STEP, play.at
    play.state.moves = before.moves + 1
    _BEHAVIOURS[SafeQueue].enter(play, SafeQueue(SAFE_STEP))
    return play.progress()


# --- Signals -----------------------------------------------------------------------------------


def _hear(play: Play, signal: Signal) -> None:
    flow, state = play.flow, play.state
    if (flow.version != state.version or flow.code != state.flow) and state.step != SAFE_STEP:
        raise CannotGoOnError("wrong_flow", f"{flow.code} v{flow.version}")
    step = play.step
    heard = _HEARD.get(type(signal))
    if heard is None:
        play.because("signal_ignored", type(signal).__name__)
    else:
        heard(play, step, _BEHAVIOURS[type(step)], signal)


def _prompt_reported(play: Play, _step: Step, _behaviour: Behaviour[Any], signal: PromptEnded) -> None:
    if signal.say != play.state.saying or not signal.say:
        play.because("signal_ignored", f"prompt {signal.say}")
        return
    play.was_told_of_end = True
    play.prompt_over()
    _prompt_ended(play)


def _prompt_ended(play: Play) -> None:
    if play.state.phase is Phase.DISTURBANCE:
        play.pending = play.state.step
        return
    step = play.step
    _BEHAVIOURS[type(step)].prompt_ended(play, step)


def _key(play: Play, step: Step, behaviour: Behaviour[Any], signal: Key) -> None:
    key = signal.key
    if len(key) != 1 or key not in KEYS:
        play.because("key_ignored", key)
    elif play.state.phase is Phase.DISTURBANCE:
        # whoever knows the menu need not hear it out
        play.carried = key
        play.hush()
        play.because("interrupted", key)
        play.pending = play.state.step
    else:
        behaviour.key(play, step, key)


def _timed_out(play: Play, step: Step, behaviour: Behaviour[Any], signal: TimedOut) -> None:
    what = play.timer_over(signal.name)
    if not what:
        play.because("signal_ignored", f"timer {signal.name}")
    elif what == PROMPT_TIMER:
        play.because("prompt_end_not_reported", str(play.state.saying))
        play.hush()
        _prompt_ended(play)
    else:
        behaviour.timed_out(play, step, what)


def _resumed(play: Play, step: Step, behaviour: Behaviour[Any], _signal: Resumed) -> None:
    play.because("resumed", step.id)
    play.hush()
    if play.state.phase is Phase.DISTURBANCE:
        play.pending = step.id
        return
    if not play.state.queue:
        # the driver's timers are gone; the step sets its own again
        play.state.timers = ()
    behaviour.resume(play, step)


def _queue_said(play: Play, step: Step, behaviour: Behaviour[Any], signal: QueueSaid) -> None:
    behaviour.queue_said(play, step, signal)


def _recorded(play: Play, step: Step, behaviour: Behaviour[Any], signal: Recorded) -> None:
    behaviour.recorded(play, step, signal.seconds)


def _transfer_failed(play: Play, step: Step, behaviour: Behaviour[Any], signal: TransferFailed) -> None:
    behaviour.transfer_failed(play, step, signal.why)


_HEARD: Mapping[type[Signal], Callable[[Play, Step, Behaviour[Any], Any], None]] = {
    PromptEnded: _prompt_reported,
    Key: _key,
    TimedOut: _timed_out,
    QueueSaid: _queue_said,
    Recorded: _recorded,
    TransferFailed: _transfer_failed,
    Resumed: _resumed,
}


# --- The end -----------------------------------------------------------------------------------


def _ends_the_flow(play: Play, signal: Signal) -> bool:
    """What ends a flow does so whatever the flow says, even when its version can no longer be found."""
    may_end = _MAY_END.get(type(signal))
    if may_end is None:
        return False
    may_end(play, signal)
    return play.state.ending is not None


def _perhaps_answered(play: Play, signal: QueueSaid) -> None:
    if signal.news is QueueNews.ANSWERED and play.state.queue:
        play.because("answered", play.state.queue)
        play.end(Ending.ANSWERED)


def _transfer_answered(play: Play, _signal: TransferAnswered) -> None:
    if play.state.phase is Phase.TRANSFERRING:
        play.end(Ending.TRANSFERRED)


def _caller_gone(play: Play, _signal: CallerGone) -> None:
    queue, was_recording = play.state.queue, play.state.phase is Phase.RECORDING
    play.because("caller_gone", play.state.step)
    play.end(play.state.kept or Ending.CALLER_GONE)
    if queue:
        play.order(LeaveQueue(queue))
    if was_recording:
        # the recording of what was said is still to come
        play.state.phase = Phase.RECORDING


_MAY_END: Mapping[type[Signal], Callable[[Play, Any], None]] = {
    QueueSaid: _perhaps_answered,
    TransferAnswered: _transfer_answered,
    CallerGone: _caller_gone,
}


def _after_the_end(play: Play, signal: Signal) -> Progress:
    step = play.flow.step(play.state.step)
    if play.state.phase is Phase.RECORDING and isinstance(signal, Recorded) and isinstance(step, TakeMessage):
        play.state.phase = Phase.ENDED
        if signal.seconds >= SHORTEST_MESSAGE_SECONDS:
            keep_message(play, step, signal.seconds)
            play.state.kept = Ending.MESSAGE_TAKEN
            play.state.ending = Ending.MESSAGE_TAKEN
    elif isinstance(signal, Resumed) and play.state.ending is Ending.HUNG_UP:
        # the order to hang up may not have been carried out
        play.order(EndCall(HangUpCause.NORMAL))
    else:
        play.because("signal_ignored", type(signal).__name__)
    return play.progress()


def _moment(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)
