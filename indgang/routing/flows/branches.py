"""Steps that decide at once: opening hours, conditions, language, and going on in another flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from indgang.routing.flows.behaviour import Behaviour
from indgang.routing.flows.play import CannotGoOnError, Play
from indgang.routing.flows.state import GoTo, OpenKind, Phase
from indgang.routing.flows.steps import Condition, Fact, Flow, Language, OpeningHours, Test, ToFlow

#: a caller is sent from flow to flow at most this often, so that two centres cannot send one to and fro for ever
MAX_HOPS = 6


class OpeningHoursBehaviour(Behaviour[OpeningHours]):
    DECIDES_AT_ONCE = True

    def enter(self, play: Play, step: OpeningHours) -> None:
        state = play.opening(step.schedule)
        play.because(f"hours_{state.kind.value}", f"{step.schedule}: {state.detail}" if state.detail else step.schedule)
        targets = {OpenKind.OPEN: step.on_open, OpenKind.BREAK: step.on_break, OpenKind.HOLIDAY: step.on_holiday}
        play.go_to(targets.get(state.kind, "") or step.on_closed)


class ConditionBehaviour(Behaviour[Condition]):
    DECIDES_AT_ONCE = True

    def enter(self, play: Play, step: Condition) -> None:
        for test in step.all:
            if not _holds(play, test):
                play.go_to(step.on_false, "condition_not_met", _named(test))
                return
        play.go_to(step.on_true, "condition_met", ", ".join(_named(test) for test in step.all))


class LanguageBehaviour(Behaviour[Language]):
    DECIDES_AT_ONCE = True

    def enter(self, play: Play, step: Language) -> None:
        play.state.language = step.language
        play.go_to(step.next, "language", step.language)


class ToFlowBehaviour(Behaviour[ToFlow]):
    def enter(self, play: Play, step: ToFlow) -> None:
        play.say(step.prompts, Phase.ASKING, interruptible=False)

    def prompt_ended(self, play: Play, step: ToFlow) -> None:
        flow = play.facts.flow(step.flow)
        if flow is None:
            raise CannotGoOnError("unknown_flow", step.flow)
        if play.state.hops >= MAX_HOPS:
            raise CannotGoOnError("to_and_fro", step.flow)
        play.leave()
        play.state.hops += 1
        play.order(GoTo(flow.code, flow.version))
        play.because("flow", f"{flow.code} v{flow.version}")
        enter_flow(play, flow)


def enter_flow(play: Play, flow: Flow) -> None:
    """Begin a flow: a disturbance that the caller has not heard comes before its first step."""
    play.flow, state = flow, play.state
    state.flow, state.version, state.step, state.entered_at = flow.code, flow.version, flow.start, play.at
    unheard = tuple(code for code in play.facts.disturbance(flow.code) if code not in play.state.heard)
    if not unheard:
        play.pending = flow.start
        return
    play.because("disturbance", ", ".join(unheard))
    play.state.heard = (*play.state.heard, *unheard)
    play.say(unheard, Phase.DISTURBANCE)


def _named(test: Test) -> str:
    compared = ""
    if isinstance(test.value, tuple):
        compared = " ".join(str(each) for each in test.value)
    elif test.value is not None:
        compared = f"{test.value:g}"
    return " ".join(part for part in (test.fact.value, test.queue, compared) if part)


def _holds(play: Play, test: Test) -> bool:
    """Whether one test holds. Raises CannotGoOnError when it cannot be evaluated."""
    try:
        return _EVALUATE[test.fact](play, test)
    except (TypeError, ValueError) as error:
        raise CannotGoOnError("condition_failed", f"{_named(test)}: {error}") from error


def _expected_wait_over(play: Play, test: Test) -> bool:
    wait = play.figures(test.queue).expected_wait
    if wait is None:
        play.because("figure_unknown", _named(test))
        return False
    return wait > number_of(test)


def _on_weekday(play: Play, test: Test) -> bool:
    return _local(play).weekday() in list_of(test)


def _in_time(play: Play, test: Test) -> bool:
    start, end = (time.fromisoformat(str(each)) for each in list_of(test))
    return start <= _local(play).time() < end


def _in_dates(play: Play, test: Test) -> bool:
    start, end = (date.fromisoformat(str(each)) for each in list_of(test))
    return start <= _local(play).date() < end


_EVALUATE: Mapping[Fact, Callable[[Play, Test], bool]] = {
    Fact.WAITING_OVER: lambda play, test: play.figures(test.queue).waiting > number_of(test),
    Fact.AGENTS_BELOW: lambda play, test: play.figures(test.queue).agents < number_of(test),
    Fact.EXPECTED_WAIT_OVER: _expected_wait_over,
    Fact.QUEUE_CLOSED: lambda play, test: not play.figures(test.queue).is_open,
    Fact.CALLER_KNOWN: lambda play, test: play.facts.caller_known,
    Fact.CALLER_WITHHELD: lambda play, test: not has_number(play),
    Fact.WEEKDAY: _on_weekday,
    Fact.TIME_BETWEEN: _in_time,
    Fact.DATE_BETWEEN: _in_dates,
    Fact.PHASE: lambda play, test: play.facts.phase in list_of(test),
    Fact.CALLBACK_WAITING: lambda play, test: _has_callback(play, waits=True),
    Fact.CALLBACK_MISSED: lambda play, test: _has_callback(play, waits=False),
}


def _has_callback(play: Play, *, waits: bool) -> bool:
    """Whether the caller was promised a call that waits, or was made in vain; its queue is remembered from here on.

    It holds once in a call: whoever was told in one flow is not asked again in the next.
    """
    callback = play.facts.callback
    if callback is None or callback.waits is not waits or play.state.promised_queue:
        return False
    play.state.promised_queue = callback.queue
    return True


def has_number(play: Play) -> bool:
    """Whether the caller's number can be rung back: more digits than an internal number has."""
    return sum(each.isdigit() for each in play.facts.caller_number) >= 8


def number_of(test: Test) -> float:
    if isinstance(test.value, tuple) or test.value is None:
        raise ValueError("a number is needed")
    return test.value


def list_of(test: Test) -> tuple[str, ...] | tuple[int, ...]:
    if not isinstance(test.value, tuple):
        raise ValueError("a list is needed")
    return test.value


def _local(play: Play) -> datetime:
    return play.at.astimezone(play.facts.zone)
