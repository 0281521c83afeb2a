"""One turn of the interpreter: collects the new state, instructions and reasons while a signal is handled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NoReturn, TypeVar

from indgang.routing.flows.state import (
    ENDED,
    ENDING_TEXT,
    NOBODY_ON_DUTY,
    SAFE_STEP,
    EndCall,
    Facts,
    Figures,
    FlowEnding,
    FlowReason,
    FlowState,
    Instruction,
    LeaveQueue,
    NoteConsent,
    NoteElsewhere,
    OpenState,
    Phase,
    Progress,
    Say,
    StopSaying,
    Timer,
)
from indgang.routing.flows.steps import (
    ELSEWHERE,
    MINUTES,
    NUMBER,
    ON_DUTY,
    POSITION,
    PROMISED_QUEUE,
    UNDER_A_MINUTE,
    WAIT,
    Flow,
    HangUpCause,
    SafeQueue,
    Step,
)

#: a whole number stays one: compiled code would turn it into a float where a float is declared
N = TypeVar("N")

#: a prompt whose end is never reported is taken to have ended after this long
PROMPT_GUARD_SECONDS = 120.0
PROMPT_TIMER = "prompt"
#: runs while the caller may still answer the question about recording, after it has been put
CONSENT_TIMER = "consent"


@lru_cache(maxsize=1_024)
def length(seconds: float) -> timedelta:
    """So many seconds; flows wait for a few lengths of time over and over."""
    return timedelta(seconds=seconds)


@lru_cache(maxsize=1_024)
def _has_figure(prompts: tuple[str, ...]) -> bool:
    """Whether there is a placeholder among them, which few have."""
    return any(prompt.startswith("@") for prompt in prompts)


class CannotGoOnError(Exception):
    """The flow cannot continue; the caller goes to the safe queue. `code` is one word, the text gives the reason."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class UnknownFigureError(Exception):
    """A placeholder among prompts cannot be filled in."""


def _known(figure: N | None) -> N:
    if figure is None:
        raise UnknownFigureError
    return figure


def _digits(number: str) -> str:
    return f"digits:{''.join(each for each in number.removeprefix('+45') if each.isdigit())}"


class Turn:
    """The working data of one turn. `flow` changes when the caller goes on in another flow.

    before            the state before the turn, never changed
    state             a copy of it that is written on during the turn and given away at its end
    pending           the step to enter next in this turn
    carried           a key that was pressed before its menu began
    said_nothing      there was nothing to say, so that what follows the prompt follows at once
    was_told_of_end   what was being said has ended: a fact of the world, which stays true when the turn is thrown away
    """

    __slots__ = (
        "at", "before", "carried", "facts", "flow", "instructions", "pending", "reasons", "said_nothing", "state",
        "was_told_of_end",
    )  # fmt: skip

    def __init__(self, flow: Flow, facts: Facts, at: datetime, state: FlowState) -> None:
        self.flow = flow
        self.facts = facts
        self.at = at
        self.before = state
        self.state = state.copied()
        self.instructions: list[Instruction] = []
        self.reasons: list[FlowReason] = []
        self.pending: str | None = None
        self.carried = ""
        self.said_nothing = False
        self.was_told_of_end = False

    def current_step(self) -> Step:
        """The current step. Raises CannotGoOnError when the flow has no such step."""
        step = self.flow.by_id.get(self.state.step)
        if step is not None:
            return step
        if self.state.step == SAFE_STEP:
            return SafeQueue(SAFE_STEP)
        raise CannotGoOnError("missing_step", f"{self.flow.code}: {self.state.step}")

    def progress(self) -> Progress:
        return Progress(self.state, tuple(self.instructions), tuple(self.reasons))

    # --- Writing down --------------------------------------------------------------------------

    def order(self, instruction: Instruction) -> None:
        self.instructions.append(instruction)

    def because(self, code: str, value: str = "") -> None:
        self.reasons.append((code, value))

    # --- Facts ---------------------------------------------------------------------------------

    def opening(self, schedule: str) -> OpenState:
        """Whether the schedule is open now. Raises CannotGoOnError for an unknown one."""
        try:
            return self.facts.is_open(schedule, self.at)
        except LookupError as error:
            raise CannotGoOnError("unknown_schedule", schedule) from error

    def queue(self, code: str) -> str:
        """The code of a queue, also where a placeholder stands for it. Raises CannotGoOnError for none."""
        if code.startswith(ON_DUTY):
            return self._on_duty(code) or self._nobody_on_duty(code)
        if code != PROMISED_QUEUE:
            return code
        callback = self.facts.callback
        found = self.state.promised_queue or (callback.queue if callback is not None else "")
        if not found:
            raise CannotGoOnError("no_callback", f"{self.flow.code}: {self.state.step}")
        return found

    def _on_duty(self, code: str) -> str:
        """The queue of whoever is on duty; a caller who waits stays in theirs when the duty changes."""
        return self.state.queue or self.facts.on_duty(code.removeprefix(ON_DUTY), self.at)

    def _nobody_on_duty(self, code: str) -> NoReturn:
        raise CannotGoOnError("nobody_on_duty", code.removeprefix(ON_DUTY))

    def figures(self, queue: str) -> Figures:
        """The queue as it is now; a rota with nobody on duty is a closed one. Raises CannotGoOnError for an unknown
        queue."""
        if queue.startswith(ON_DUTY) and not self._on_duty(queue):
            self.because("nobody_on_duty", queue.removeprefix(ON_DUTY))
            return NOBODY_ON_DUTY
        figures = self.facts.queue(self.queue(queue))
        if figures is None:
            raise CannotGoOnError("unknown_queue", queue)
        return figures

    # --- Saying --------------------------------------------------------------------------------

    def say(self, prompts: tuple[str, ...], phase: Phase | None = None, *, interruptible: bool = True) -> None:
        """Say the prompts instead of what is being said. Raises UnknownFigureError, with nothing done."""
        spoken = (
            tuple([code for prompt in prompts for code in self._filled(prompt)]) if _has_figure(prompts) else prompts
        )
        self.hush()
        state = self.state
        if phase is not None:
            state.phase = phase
        if not spoken:
            self.said_nothing = True
            return
        state.count += 1
        state.saying = state.count
        self.order(Say(state.count, spoken, interruptible, state.language))
        self.set_timer(PROMPT_TIMER, PROMPT_GUARD_SECONDS)

    def hush(self) -> None:
        """Stop the current prompt."""
        state = self.state
        if state.saying:
            self.instructions.append(StopSaying(state.saying))
            self.prompt_over()

    def prompt_over(self) -> None:
        """The prompt is over. The guard timer runs only during a prompt."""
        self.state.saying = 0
        self.cancel(PROMPT_TIMER)

    def _filled(self, prompt: str) -> tuple[str, ...]:
        """A prompt with its figure filled in, in the form that exchanges speak."""
        if not prompt.startswith("@"):
            return (prompt,)
        if prompt == POSITION:
            return (f"number:{_known(self.facts.position)}",)
        if prompt == WAIT:
            minutes = round(_known(self.facts.expected_wait) / 60)
            return (f"number:{minutes}", MINUTES) if minutes > 1 else (UNDER_A_MINUTE,)
        if prompt == NUMBER:
            number = self.state.typed or self.facts.caller_number
            return (_digits(number),)
        if prompt == ELSEWHERE:
            return (_digits(_known(self.facts.elsewhere).number),)
        return (prompt,)

    # --- Timers --------------------------------------------------------------------------------

    def set_timer(self, what: str, seconds: float) -> None:
        """Start the timer for `what`, instead of one that runs for it."""
        state = self.state
        state.count += 1
        timer = Timer(f"{what}#{state.count}", what, seconds, self.at + length(seconds))
        others = [each for each in state.timers if each.what != what] if state.timers else ()
        state.timers = (*others, timer) if others else (timer,)

    def start_timers(self, timers: Iterable[tuple[str, float]]) -> None:
        """Start several, each what it is for and its seconds, none of which runs."""
        state, started = self.state, list(self.state.timers)
        for what, seconds in timers:
            state.count += 1
            started.append(Timer(f"{what}#{state.count}", what, seconds, self.at + length(seconds)))
        state.timers = tuple(started)

    def is_running(self, what: str) -> bool:
        for each in self.state.timers:  # noqa: SIM110  # a third of the time of any(), and asked of everybody who waits
            if each.what == what:
                return True
        return False

    def cancel(self, what: str) -> None:
        if self.is_running(what):
            self.state.timers = tuple([each for each in self.state.timers if each.what != what])

    def timer_over(self, name: str) -> str:
        """Take the timer of this name out and say what it was for; empty when it does not run (any more)."""
        for timer in self.state.timers:
            if timer.name == name:
                self.cancel(timer.what)
                return timer.what
        return ""

    # --- Callers from another municipality -----------------------------------------------------

    def note_elsewhere(self, how: str) -> None:
        """The caller belongs to another municipality, which counts once in a call."""
        if not self.state.elsewhere:
            self.state.elsewhere = how
            found = self.facts.elsewhere
            self.order(NoteElsewhere(found.municipality if found else "", how))

    # --- Recording -----------------------------------------------------------------------------

    def close_consent(self, how: str, *, given: bool = False) -> None:
        """The question about recording is answered, or will not be answered any more, which is no."""
        state = self.state
        if state.consent_open:
            self.order(NoteConsent(state.queue, state.consent_open, given, how))
            self.because("consent_given" if given else "consent_refused", how)
            state.consent_open, state.consent_since = 0, None
            self.cancel(CONSENT_TIMER)

    # --- Moving --------------------------------------------------------------------------------

    def go_to(self, target: str, code: str = "", value: str = "") -> None:
        """Leave the step for `target`. An empty target cannot be gone to: the caller is sent to the safe queue."""
        if code:
            self.because(code, value)
        if not target:
            raise CannotGoOnError("no_target", f"{self.flow.code}: {self.state.step}")
        self.leave()
        self.pending = target

    def leave(self) -> None:
        """Clear what belongs to the step: sound, timers, the place in the queue."""
        state = self.state
        self._drop_everything()
        self.close_consent("left")
        if state.queue:
            self.order(LeaveQueue(state.queue))
        state.queue, state.is_offered, state.callback_open, state.tries, state.typed = "", False, False, 0, ""

    def _drop_everything(self) -> None:
        """Stop the current prompt and all timers: first the timers, so that the prompt's is not looked for."""
        self.state.timers = ()
        self.hush()

    def end(self, ending: FlowEnding) -> None:
        """End the flow for this caller, who may still be in a conversation."""
        self._drop_everything()
        state = self.state
        state.phase, state.ending, state.queue, state.is_offered = ENDED, ending, "", False
        state.consent_open = 0
        self.because("ended", ENDING_TEXT[ending])

    def hang_up(self, cause: HangUpCause = HangUpCause.NORMAL) -> None:
        """End the call; an earlier promise determines the ending."""
        self.end(self.state.kept or FlowEnding.HUNG_UP)
        self.order(EndCall(cause))
