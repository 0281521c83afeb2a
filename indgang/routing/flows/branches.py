"""Steps that decide at once: opening hours, conditions, language, and going on in another flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from indgang.routing.flows.behaviour import Behaviour
from indgang.routing.flows.state import GoTo, OpenKind, Phase
from indgang.routing.flows.steps import Condition, Fact, Flow, LanguageStep, OpeningHours, Test, ToFlow
from indgang.routing.flows.turn import CannotGoOnError, Turn

#: the most changes of flow in a call, so that two flows cannot send a caller back and forth forever
MAX_HOPS = 6


class OpeningHoursBehaviour(Behaviour[OpeningHours]):
    DECIDES_AT_ONCE = True

    def enter(self, turn: Turn, step: OpeningHours) -> None:
        state = turn.opening(step.schedule)
        turn.because(f"hours_{state.kind.value}", f"{step.schedule}: {state.detail}" if state.detail else step.schedule)
        targets = {OpenKind.OPEN: step.on_open, OpenKind.BREAK: step.on_break, OpenKind.HOLIDAY: step.on_holiday}
        turn.go_to(targets.get(state.kind, "") or step.on_closed)


class ConditionBehaviour(Behaviour[Condition]):
    DECIDES_AT_ONCE = True

    def enter(self, turn: Turn, step: Condition) -> None:
        for test in step.all:
            if not _holds(turn, test):
                turn.go_to(step.on_false, "condition_not_met", _named(test))
                return
        turn.go_to(step.on_true, "condition_met", ", ".join(_named(test) for test in step.all))


class LanguageBehaviour(Behaviour[LanguageStep]):
    DECIDES_AT_ONCE = True

    def enter(self, turn: Turn, step: LanguageStep) -> None:
        turn.state.language = step.language
        turn.go_to(step.next, "language", step.language)


class ToFlowBehaviour(Behaviour[ToFlow]):
    def enter(self, turn: Turn, step: ToFlow) -> None:
        turn.say(step.prompts, Phase.ASKING, interruptible=False)

    def prompt_ended(self, turn: Turn, step: ToFlow) -> None:
        flow = turn.facts.flow(step.flow)
        if flow is None:
            raise CannotGoOnError("unknown_flow", step.flow)
        if turn.state.hops >= MAX_HOPS:
            raise CannotGoOnError("to_and_fro", step.flow)
        turn.leave()
        turn.state.hops += 1
        turn.order(GoTo(flow.code, flow.version))
        turn.because("flow", f"{flow.code} v{flow.version}")
        enter_flow(turn, flow)


def enter_flow(turn: Turn, flow: Flow) -> None:
    """Begin a flow: a disturbance that the caller has not heard comes before its first step."""
    turn.flow, state = flow, turn.state
    state.flow, state.version, state.step, state.entered_at = flow.code, flow.version, flow.start, turn.at
    disturbance = turn.facts.disturbance(flow.code)
    unheard = [code for code in disturbance if code not in state.heard] if disturbance else ()
    if not unheard:
        turn.pending = flow.start
        return
    turn.because("disturbance", ", ".join(unheard))
    state.heard = (*state.heard, *unheard)
    turn.say(tuple(unheard), Phase.DISTURBANCE)


def _named(test: Test) -> str:
    compared = ""
    if isinstance(test.value, tuple):
        compared = " ".join(str(each) for each in test.value)
    elif test.value is not None:
        compared = f"{test.value:g}"
    return " ".join(part for part in (test.fact.value, test.queue, compared) if part)


def _holds(turn: Turn, test: Test) -> bool:
    """Whether one test holds. Raises CannotGoOnError when it cannot be evaluated."""
    try:
        return _EVALUATE[test.fact](turn, test)
    except (TypeError, ValueError) as error:
        raise CannotGoOnError("condition_failed", f"{_named(test)}: {error}") from error


def _expected_wait_over(turn: Turn, test: Test) -> bool:
    wait = turn.figures(test.queue).expected_wait
    if wait is None:
        turn.because("figure_unknown", _named(test))
        return False
    return wait > number_of(test)


def _on_weekday(turn: Turn, test: Test) -> bool:
    return _local(turn).weekday() in list_of(test)


def _in_time(turn: Turn, test: Test) -> bool:
    start, end = (time.fromisoformat(str(each)) for each in list_of(test))
    return start <= _local(turn).time() < end


def _in_dates(turn: Turn, test: Test) -> bool:
    start, end = (date.fromisoformat(str(each)) for each in list_of(test))
    return start <= _local(turn).date() < end


_EVALUATE: Mapping[Fact, Callable[[Turn, Test], bool]] = {
    Fact.WAITING_OVER: lambda turn, test: turn.figures(test.queue).waiting > number_of(test),
    Fact.AGENTS_BELOW: lambda turn, test: turn.figures(test.queue).agents < number_of(test),
    Fact.EXPECTED_WAIT_OVER: _expected_wait_over,
    Fact.QUEUE_CLOSED: lambda turn, test: not turn.figures(test.queue).is_open,
    Fact.CALLER_KNOWN: lambda turn, test: turn.facts.caller_known,
    Fact.CALLER_WITHHELD: lambda turn, test: not has_number(turn),
    Fact.CALLER_FROM_ELSEWHERE: lambda turn, test: _is_from_elsewhere(turn),
    Fact.WEEKDAY: _on_weekday,
    Fact.TIME_BETWEEN: _in_time,
    Fact.DATE_BETWEEN: _in_dates,
    Fact.PHASE: lambda turn, test: turn.facts.phase in list_of(test),
    Fact.CALLBACK_WAITING: lambda turn, test: _has_callback(turn, waits=True),
    Fact.CALLBACK_MISSED: lambda turn, test: _has_callback(turn, waits=False),
}


def _has_callback(turn: Turn, *, waits: bool) -> bool:
    """Whether the caller was promised a call that waits, or was made in vain; its queue is remembered from here on.

    It holds once in a call: whoever was told in one flow is not asked again in the next.
    """
    callback = turn.facts.callback
    if callback is None or callback.waits is not waits or turn.state.promised_queue:
        return False
    turn.state.promised_queue = callback.queue
    return True


def _is_from_elsewhere(turn: Turn) -> bool:
    if turn.facts.elsewhere is None:
        return False
    turn.note_elsewhere("number")
    return True


def has_number(turn: Turn) -> bool:
    """Whether the caller's number can be rung back: more digits than an internal number has."""
    return sum(each.isdigit() for each in turn.facts.caller_number) >= 8


def number_of(test: Test) -> float:
    if isinstance(test.value, tuple) or test.value is None:
        raise ValueError("a number is needed")
    return test.value


def list_of(test: Test) -> tuple[str, ...] | tuple[int, ...]:
    if not isinstance(test.value, tuple):
        raise ValueError("a list is needed")
    return test.value


def _local(turn: Turn) -> datetime:
    return turn.at.astimezone(turn.facts.zone)
