"""Steps that talk with the caller: announcement, menu, callback offer, message, transfer, goodbye."""

from __future__ import annotations

from typing import TypeVar

from indgang.routing.flows.behaviour import Behaviour
from indgang.routing.flows.branches import has_number
from indgang.routing.flows.state import (
    ASKING,
    CallOffCallback,
    Elsewhere,
    FlowEnding,
    KeepMessage,
    Listen,
    NoteElsewhere,
    Phase,
    PromiseCallback,
    RecordMessage,
    TransferTo,
)
from indgang.routing.flows.steps import (
    Announcement,
    CallbackOffer,
    CancelCallback,
    GreetingStep,
    HangUp,
    Menu,
    SendElsewhere,
    TakeMessage,
    Transfer,
)
from indgang.routing.flows.turn import Turn

#: steps that say one thing and go on
Said = TypeVar("Said", bound=Announcement | GreetingStep)

SILENCE_TIMER = "silence"
RECORDING_TIMER = "recording"
TRANSFER_TIMER = "transfer"

#: the exchange ends a recording and gives a dialled leg up by itself; this much later it is taken to have done so
GUARD_SECONDS = 15.0

#: a Danish number has 8 digits; none in the world has more than 15 (ITU-T E.164)
DANISH_DIGITS, MOST_DIGITS = 8, 15

#: shorter recordings are noise
SHORTEST_MESSAGE_SECONDS = 1.0

ONE_KEY = Listen(1)
THIS_NUMBER, OTHER_NUMBER, NO, ENOUGH = "1", "2", "*", "#"


class _SaysAndGoesOn(Behaviour[Said]):
    def prompt_ended(self, turn: Turn, step: Said) -> None:
        turn.go_to(step.next)

    def key(self, turn: Turn, step: Said, key: str) -> None:
        if not step.interruptible:
            super().key(turn, step, key)
            return
        turn.carried = key
        turn.go_to(step.next, "interrupted", key)


class AnnouncementBehaviour(_SaysAndGoesOn[Announcement]):
    def enter(self, turn: Turn, step: Announcement) -> None:
        turn.say(step.prompts, Phase.ASKING, interruptible=step.interruptible)


class GreetingBehaviour(_SaysAndGoesOn[GreetingStep]):
    def enter(self, turn: Turn, step: GreetingStep) -> None:
        code = turn.facts.greeting(turn.flow.code)
        turn.because("greeting" if code else "no_greeting", code)
        turn.say((code,) if code else (), Phase.ASKING, interruptible=step.interruptible)


class MenuBehaviour(Behaviour[Menu]):
    def enter(self, turn: Turn, step: Menu) -> None:
        if turn.carried and step.step_for(turn.carried):
            self.key(turn, step, turn.carried)
            return
        self._ask(turn, step)

    def resume(self, turn: Turn, step: Menu) -> None:
        self._ask(turn, step)

    def prompt_ended(self, turn: Turn, step: Menu) -> None:
        turn.set_timer(SILENCE_TIMER, step.timeout)

    def key(self, turn: Turn, step: Menu, key: str) -> None:
        target = step.step_for(key)
        if target:
            if key == step.elsewhere:
                turn.note_elsewhere("menu")
            turn.state.choices = (*turn.state.choices, (turn.state.flow, step.id, key))
            turn.go_to(target, "key", key)
            return
        self._again(turn, step, "wrong_key", key, step.on_wrong)

    def timed_out(self, turn: Turn, step: Menu, what: str) -> None:
        self._again(turn, step, "silence", f"{step.timeout:g}", ())

    def _ask(self, turn: Turn, step: Menu, before: tuple[str, ...] = ()) -> None:
        turn.cancel(SILENCE_TIMER)
        turn.say((*before, *step.prompts) if before else step.prompts, ASKING)
        turn.order(ONE_KEY)

    def _again(self, turn: Turn, step: Menu, code: str, value: str, before: tuple[str, ...]) -> None:
        turn.because(code, value)
        turn.state.tries += 1
        if turn.state.tries > step.retries:
            turn.go_to(step.on_exhausted, "exhausted", str(turn.state.tries))
            return
        self._ask(turn, step, before)


class CallbackOfferBehaviour(Behaviour[CallbackOffer]):
    """ASKING (this number or another), TYPING, CONFIRMING, then DONE: the promise is made, thanks are said."""

    def enter(self, turn: Turn, step: CallbackOffer) -> None:
        if has_number(turn) and turn.facts.may_call(turn.facts.caller_number):
            self._ask(turn, step, Phase.ASKING)
        else:
            turn.because("number_barred" if has_number(turn) else "caller_withheld")
            self._ask(turn, step, Phase.TYPING)

    def resume(self, turn: Turn, step: CallbackOffer) -> None:
        if turn.state.phase is Phase.DONE:
            turn.say(step.done_prompts, Phase.DONE)
        else:
            self._ask(turn, step, turn.state.phase)

    def prompt_ended(self, turn: Turn, step: CallbackOffer) -> None:
        if turn.state.phase is not Phase.DONE:
            turn.set_timer(SILENCE_TIMER, step.timeout)
        elif step.next:
            turn.go_to(step.next)
        else:
            turn.hang_up()

    def key(self, turn: Turn, step: CallbackOffer, key: str) -> None:
        if turn.state.phase is Phase.ASKING:
            self._chosen(turn, step, key)
        elif turn.state.phase is Phase.TYPING:
            self._typed(turn, step, key)
        elif turn.state.phase is Phase.CONFIRMING:
            self._confirmed(turn, step, key)
        else:
            super().key(turn, step, key)

    def timed_out(self, turn: Turn, step: CallbackOffer, what: str) -> None:
        if turn.state.phase is Phase.TYPING and turn.state.typed:
            self._typed(turn, step, ENOUGH)
        else:
            self._again(turn, step, turn.state.phase, "silence", f"{step.timeout:g}", ())

    def _ask(self, turn: Turn, step: CallbackOffer, phase: Phase, before: tuple[str, ...] = ()) -> None:
        asked = {Phase.TYPING: step.enter_prompts, Phase.CONFIRMING: step.confirm_prompts}.get(phase, step.prompts)
        if phase is Phase.TYPING:
            turn.state.typed = ""
        turn.cancel(SILENCE_TIMER)
        turn.say((*before, *asked), phase)
        turn.order(Listen(MOST_DIGITS if phase is Phase.TYPING else 1))

    def _again(
        self, turn: Turn, step: CallbackOffer, phase: Phase, code: str, value: str, before: tuple[str, ...]
    ) -> None:
        turn.because(code, value)
        turn.state.tries += 1
        if turn.state.tries > step.retries:
            turn.go_to(step.on_declined, "exhausted", str(turn.state.tries))
            return
        self._ask(turn, step, phase, before)

    def _chosen(self, turn: Turn, step: CallbackOffer, key: str) -> None:
        if key == THIS_NUMBER:
            self._promise(turn, step, turn.facts.caller_number)
        elif key == OTHER_NUMBER:
            turn.because("key", key)
            self._ask(turn, step, Phase.TYPING)
        elif key == NO:
            turn.go_to(step.on_declined, "declined", key)
        else:
            self._again(turn, step, Phase.ASKING, "wrong_key", key, step.on_wrong)

    def _typed(self, turn: Turn, step: CallbackOffer, key: str) -> None:
        typed = turn.state.typed
        if key == NO and typed:
            turn.because("typed_anew", typed)
            self._ask(turn, step, Phase.TYPING)
        elif key == NO:
            turn.go_to(step.on_declined, "declined", key)
        elif key == ENOUGH:
            self._complete(turn, step, typed)
        else:
            self._add(turn, step, typed + key)

    def _add(self, turn: Turn, step: CallbackOffer, typed: str) -> None:
        turn.hush()
        turn.state.typed = typed
        if len(typed) == (MOST_DIGITS if typed.startswith("00") else DANISH_DIGITS):
            self._complete(turn, step, typed)
        else:
            turn.set_timer(SILENCE_TIMER, step.timeout)

    def _complete(self, turn: Turn, step: CallbackOffer, typed: str) -> None:
        if len(typed) < DANISH_DIGITS:
            self._again(turn, step, Phase.TYPING, "number_too_short", typed, step.on_wrong)
            return
        if not turn.facts.may_call(international(typed)):
            self._again(turn, step, Phase.TYPING, "number_barred", typed, step.on_wrong)
            return
        turn.because("typed", typed)
        self._ask(turn, step, Phase.CONFIRMING)

    def _confirmed(self, turn: Turn, step: CallbackOffer, key: str) -> None:
        if key == THIS_NUMBER:
            self._promise(turn, step, international(turn.state.typed))
        elif key == OTHER_NUMBER:
            self._again(turn, step, Phase.TYPING, "number_not_right", turn.state.typed, ())
        elif key == ENOUGH:
            # the trailing # of a number that is already complete
            turn.because("key_ignored", key)
        else:
            self._again(turn, step, Phase.CONFIRMING, "wrong_key", key, step.on_wrong)

    def _promise(self, turn: Turn, step: CallbackOffer, number: str) -> None:
        turn.cancel(SILENCE_TIMER)
        turn.order(PromiseCallback(number, turn.queue(step.queue), turn.state.queued_since or turn.at))
        turn.because("callback_promised", number)
        turn.state.kept = FlowEnding.CALLBACK_PROMISED
        turn.say(step.done_prompts, Phase.DONE, interruptible=False)


class CancelCallbackBehaviour(Behaviour[CancelCallback]):
    def enter(self, turn: Turn, step: CancelCallback) -> None:
        callback = turn.facts.callback
        if callback is not None:
            turn.because("callback_called_off", callback.queue)
            turn.state.promised_queue = callback.queue
            turn.order(CallOffCallback(callback.queue))
        turn.say(step.prompts, Phase.ASKING)

    def prompt_ended(self, turn: Turn, step: CancelCallback) -> None:
        if step.next:
            turn.go_to(step.next)
        else:
            turn.hang_up()


class TakeMessageBehaviour(Behaviour[TakeMessage]):
    """ASKING, RECORDING, then DONE: the message is kept, thanks are said."""

    def enter(self, turn: Turn, step: TakeMessage) -> None:
        turn.say(step.prompts, Phase.ASKING, interruptible=False)

    def resume(self, turn: Turn, step: TakeMessage) -> None:
        if turn.state.phase is Phase.DONE:
            turn.say(step.done_prompts, Phase.DONE)
        else:
            self.enter(turn, step)

    def prompt_ended(self, turn: Turn, step: TakeMessage) -> None:
        if turn.state.phase is Phase.ASKING:
            turn.state.phase = Phase.RECORDING
            turn.order(RecordMessage(step.max_seconds))
            turn.set_timer(RECORDING_TIMER, step.max_seconds + GUARD_SECONDS)
        elif step.next:
            turn.go_to(step.next)
        else:
            turn.hang_up()

    def recorded(self, turn: Turn, step: TakeMessage, seconds: float) -> None:
        if turn.state.phase is not Phase.RECORDING:
            super().recorded(turn, step, seconds)
            return
        turn.cancel(RECORDING_TIMER)
        if seconds >= SHORTEST_MESSAGE_SECONDS:
            keep_message(turn, step, seconds)
            turn.state.kept = FlowEnding.MESSAGE_TAKEN
            turn.say(step.done_prompts, Phase.DONE, interruptible=False)
            return
        turn.because("nothing_said", f"{seconds:g}")
        turn.state.tries += 1
        if turn.state.tries > step.retries:
            turn.go_to(step.on_empty, "exhausted", str(turn.state.tries))
        else:
            self.enter(turn, step)

    def timed_out(self, turn: Turn, step: TakeMessage, what: str) -> None:
        self.recorded(turn, step, 0.0)


class TransferBehaviour(Behaviour[Transfer]):
    def enter(self, turn: Turn, step: Transfer) -> None:
        turn.say(step.prompts, Phase.ASKING, interruptible=False)

    def resume(self, turn: Turn, step: Transfer) -> None:
        if turn.state.phase is Phase.TRANSFERRING:
            self.prompt_ended(turn, step)
        else:
            self.enter(turn, step)

    def prompt_ended(self, turn: Turn, step: Transfer) -> None:
        turn.state.phase = Phase.TRANSFERRING
        turn.order(TransferTo(step.to, step.timeout))
        turn.set_timer(TRANSFER_TIMER, step.timeout + GUARD_SECONDS)
        turn.because("transfer", step.to)

    def transfer_failed(self, turn: Turn, step: Transfer, why: str) -> None:
        if turn.state.phase is Phase.TRANSFERRING:
            turn.go_to(step.on_failed, "transfer_failed", why)
        else:
            super().transfer_failed(turn, step, why)

    def timed_out(self, turn: Turn, step: Transfer, what: str) -> None:
        self.transfer_failed(turn, step, "no report")


class SendElsewhereBehaviour(Behaviour[SendElsewhere]):
    """ASKING (the number is said), then on to the next step, or TRANSFERRING."""

    def enter(self, turn: Turn, step: SendElsewhere) -> None:
        if self._found(turn, step) is not None:
            turn.say(step.prompts, Phase.ASKING, interruptible=False)

    def resume(self, turn: Turn, step: SendElsewhere) -> None:
        if turn.state.phase is not Phase.TRANSFERRING:
            self.enter(turn, step)
        elif (found := self._found(turn, step)) is not None:
            self._ring(turn, step, found)

    def prompt_ended(self, turn: Turn, step: SendElsewhere) -> None:
        found = self._found(turn, step)
        if found is None:
            return
        turn.order(NoteElsewhere(found.municipality, "transferred" if step.transfer else "told"))
        if step.transfer:
            self._ring(turn, step, found)
        elif step.next:
            turn.go_to(step.next)
        else:
            turn.hang_up()

    def transfer_failed(self, turn: Turn, step: SendElsewhere, why: str) -> None:
        if turn.state.phase is Phase.TRANSFERRING:
            turn.go_to(step.on_failed, "transfer_failed", why)
        else:
            super().transfer_failed(turn, step, why)

    def timed_out(self, turn: Turn, step: SendElsewhere, what: str) -> None:
        self.transfer_failed(turn, step, "no report")

    def _found(self, turn: Turn, step: SendElsewhere) -> Elsewhere | None:
        """The caller's municipality if its number is known; else the caller goes to `on_failed`."""
        found = turn.facts.elsewhere
        if found is None or not found.number:
            turn.go_to(step.on_failed, "number_elsewhere_unknown", found.municipality if found else "")
            return None
        turn.note_elsewhere("number")
        return found

    def _ring(self, turn: Turn, step: SendElsewhere, found: Elsewhere) -> None:
        turn.state.phase = Phase.TRANSFERRING
        turn.order(TransferTo(f"tel:{found.number}", step.timeout))
        turn.set_timer(TRANSFER_TIMER, step.timeout + GUARD_SECONDS)
        turn.because("transfer", f"tel:{found.number}")


class HangUpBehaviour(Behaviour[HangUp]):
    def enter(self, turn: Turn, step: HangUp) -> None:
        turn.say(step.prompts, Phase.ASKING)

    def prompt_ended(self, turn: Turn, step: HangUp) -> None:
        turn.hang_up(step.cause)


def keep_message(turn: Turn, step: TakeMessage, seconds: float) -> None:
    """Store the recording as a message."""
    turn.order(KeepMessage(turn.queue(step.queue), seconds))
    turn.because("message_taken", f"{seconds:g}")


def international(typed: str) -> str:
    """Typed digits as E.164: eight are Danish, `00` begins a foreign number."""
    if typed.startswith("00"):
        return "+" + typed[2:]
    return f"+45{typed}" if len(typed) == DANISH_DIGITS else typed
