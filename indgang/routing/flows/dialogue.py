"""Steps that talk with the caller: announcement, menu, callback offer, message, transfer, goodbye."""

from __future__ import annotations

from indgang.routing.flows.behaviour import Behaviour
from indgang.routing.flows.branches import has_number
from indgang.routing.flows.play import Play
from indgang.routing.flows.state import (
    CallOffCallback,
    Ending,
    KeepMessage,
    Listen,
    Phase,
    PromiseCallback,
    RecordMessage,
    TransferTo,
)
from indgang.routing.flows.steps import Announcement, CallbackOffer, CancelCallback, HangUp, Menu, TakeMessage, Transfer

SILENCE_TIMER = "silence"
RECORDING_TIMER = "recording"
TRANSFER_TIMER = "transfer"

#: the exchange ends a recording and gives a dialled leg up by itself; this much later it is taken to have done so
GUARD_SECONDS = 15.0

#: a Danish number has 8 digits; none in the world has more than 15 (ITU-T E.164)
DANISH_DIGITS, MOST_DIGITS = 8, 15

#: shorter recordings are a click or a breath
SHORTEST_MESSAGE_SECONDS = 1.0

THIS_NUMBER, OTHER_NUMBER, NO, ENOUGH = "1", "2", "*", "#"


class AnnouncementBehaviour(Behaviour[Announcement]):
    def enter(self, play: Play, step: Announcement) -> None:
        play.say(step.prompts, Phase.ASKING, interruptible=step.interruptible)

    def prompt_ended(self, play: Play, step: Announcement) -> None:
        play.go_to(step.next)

    def key(self, play: Play, step: Announcement, key: str) -> None:
        if not step.interruptible:
            super().key(play, step, key)
            return
        play.carried = key
        play.go_to(step.next, "interrupted", key)


class MenuBehaviour(Behaviour[Menu]):
    def enter(self, play: Play, step: Menu) -> None:
        if play.carried and step.step_for(play.carried):
            self.key(play, step, play.carried)
            return
        self._ask(play, step)

    def resume(self, play: Play, step: Menu) -> None:
        self._ask(play, step)

    def prompt_ended(self, play: Play, step: Menu) -> None:
        play.set_timer(SILENCE_TIMER, step.timeout)

    def key(self, play: Play, step: Menu, key: str) -> None:
        target = step.step_for(key)
        if target:
            play.state.choices = (*play.state.choices, (play.state.flow, step.id, key))
            play.go_to(target, "key", key)
            return
        self._again(play, step, "wrong_key", key, step.on_wrong)

    def timed_out(self, play: Play, step: Menu, what: str) -> None:
        self._again(play, step, "silence", f"{step.timeout:g}", ())

    def _ask(self, play: Play, step: Menu, before: tuple[str, ...] = ()) -> None:
        play.cancel(SILENCE_TIMER)
        play.say((*before, *step.prompts), Phase.ASKING)
        play.order(Listen(1))

    def _again(self, play: Play, step: Menu, code: str, value: str, before: tuple[str, ...]) -> None:
        play.because(code, value)
        play.state.tries += 1
        if play.state.tries > step.retries:
            play.go_to(step.on_exhausted, "exhausted", str(play.state.tries))
            return
        self._ask(play, step, before)


class CallbackOfferBehaviour(Behaviour[CallbackOffer]):
    """ASKING (this number or another), TYPING, CONFIRMING, then DONE: the promise is made, thanks are said."""

    def enter(self, play: Play, step: CallbackOffer) -> None:
        if has_number(play) and play.facts.may_call(play.facts.caller_number):
            self._ask(play, step, Phase.ASKING)
        else:
            play.because("number_barred" if has_number(play) else "caller_withheld")
            self._ask(play, step, Phase.TYPING)

    def resume(self, play: Play, step: CallbackOffer) -> None:
        if play.state.phase is Phase.DONE:
            play.say(step.done_prompts, Phase.DONE)
        else:
            self._ask(play, step, play.state.phase)

    def prompt_ended(self, play: Play, step: CallbackOffer) -> None:
        if play.state.phase is not Phase.DONE:
            play.set_timer(SILENCE_TIMER, step.timeout)
        elif step.next:
            play.go_to(step.next)
        else:
            play.hang_up()

    def key(self, play: Play, step: CallbackOffer, key: str) -> None:
        if play.state.phase is Phase.ASKING:
            self._chosen(play, step, key)
        elif play.state.phase is Phase.TYPING:
            self._typed(play, step, key)
        elif play.state.phase is Phase.CONFIRMING:
            self._confirmed(play, step, key)
        else:
            super().key(play, step, key)

    def timed_out(self, play: Play, step: CallbackOffer, what: str) -> None:
        if play.state.phase is Phase.TYPING and play.state.typed:
            self._typed(play, step, ENOUGH)
        else:
            self._again(play, step, play.state.phase, "silence", f"{step.timeout:g}", ())

    def _ask(self, play: Play, step: CallbackOffer, phase: Phase, before: tuple[str, ...] = ()) -> None:
        asked = {Phase.TYPING: step.enter_prompts, Phase.CONFIRMING: step.confirm_prompts}.get(phase, step.prompts)
        if phase is Phase.TYPING:
            play.state.typed = ""
        play.cancel(SILENCE_TIMER)
        play.say((*before, *asked), phase)
        play.order(Listen(MOST_DIGITS if phase is Phase.TYPING else 1))

    def _again(
        self, play: Play, step: CallbackOffer, phase: Phase, code: str, value: str, before: tuple[str, ...]
    ) -> None:
        play.because(code, value)
        play.state.tries += 1
        if play.state.tries > step.retries:
            play.go_to(step.on_declined, "exhausted", str(play.state.tries))
            return
        self._ask(play, step, phase, before)

    def _chosen(self, play: Play, step: CallbackOffer, key: str) -> None:
        if key == THIS_NUMBER:
            self._promise(play, step, play.facts.caller_number)
        elif key == OTHER_NUMBER:
            play.because("key", key)
            self._ask(play, step, Phase.TYPING)
        elif key == NO:
            play.go_to(step.on_declined, "declined", key)
        else:
            self._again(play, step, Phase.ASKING, "wrong_key", key, step.on_wrong)

    def _typed(self, play: Play, step: CallbackOffer, key: str) -> None:
        typed = play.state.typed
        if key == NO and typed:
            play.because("typed_anew", typed)
            self._ask(play, step, Phase.TYPING)
        elif key == NO:
            play.go_to(step.on_declined, "declined", key)
        elif key == ENOUGH:
            self._complete(play, step, typed)
        else:
            self._add(play, step, typed + key)

    def _add(self, play: Play, step: CallbackOffer, typed: str) -> None:
        play.hush()
        play.state.typed = typed
        if len(typed) == (MOST_DIGITS if typed.startswith("00") else DANISH_DIGITS):
            self._complete(play, step, typed)
        else:
            play.set_timer(SILENCE_TIMER, step.timeout)

    def _complete(self, play: Play, step: CallbackOffer, typed: str) -> None:
        if len(typed) < DANISH_DIGITS:
            self._again(play, step, Phase.TYPING, "number_too_short", typed, step.on_wrong)
            return
        if not play.facts.may_call(international(typed)):
            self._again(play, step, Phase.TYPING, "number_barred", typed, step.on_wrong)
            return
        play.because("typed", typed)
        self._ask(play, step, Phase.CONFIRMING)

    def _confirmed(self, play: Play, step: CallbackOffer, key: str) -> None:
        if key == THIS_NUMBER:
            self._promise(play, step, international(play.state.typed))
        elif key == OTHER_NUMBER:
            self._again(play, step, Phase.TYPING, "number_not_right", play.state.typed, ())
        elif key == ENOUGH:
            # the end of a number that was already understood
            play.because("key_ignored", key)
        else:
            self._again(play, step, Phase.CONFIRMING, "wrong_key", key, step.on_wrong)

    def _promise(self, play: Play, step: CallbackOffer, number: str) -> None:
        play.cancel(SILENCE_TIMER)
        play.order(PromiseCallback(number, play.queue(step.queue), play.state.queued_since or play.at))
        play.because("callback_promised", number)
        play.state.kept = Ending.CALLBACK_PROMISED
        play.say(step.done_prompts, Phase.DONE, interruptible=False)


class CancelCallbackBehaviour(Behaviour[CancelCallback]):
    def enter(self, play: Play, step: CancelCallback) -> None:
        callback = play.facts.callback
        if callback is not None:
            play.because("callback_called_off", callback.queue)
            play.state.promised_queue = callback.queue
            play.order(CallOffCallback(callback.queue))
        play.say(step.prompts, Phase.ASKING)

    def prompt_ended(self, play: Play, step: CancelCallback) -> None:
        if step.next:
            play.go_to(step.next)
        else:
            play.hang_up()


class TakeMessageBehaviour(Behaviour[TakeMessage]):
    """ASKING, RECORDING, then DONE: the message is kept, thanks are said."""

    def enter(self, play: Play, step: TakeMessage) -> None:
        play.say(step.prompts, Phase.ASKING, interruptible=False)

    def resume(self, play: Play, step: TakeMessage) -> None:
        if play.state.phase is Phase.DONE:
            play.say(step.done_prompts, Phase.DONE)
        else:
            self.enter(play, step)

    def prompt_ended(self, play: Play, step: TakeMessage) -> None:
        if play.state.phase is Phase.ASKING:
            play.state.phase = Phase.RECORDING
            play.order(RecordMessage(step.max_seconds))
            play.set_timer(RECORDING_TIMER, step.max_seconds + GUARD_SECONDS)
        elif step.next:
            play.go_to(step.next)
        else:
            play.hang_up()

    def recorded(self, play: Play, step: TakeMessage, seconds: float) -> None:
        if play.state.phase is not Phase.RECORDING:
            super().recorded(play, step, seconds)
            return
        play.cancel(RECORDING_TIMER)
        if seconds >= SHORTEST_MESSAGE_SECONDS:
            keep_message(play, step, seconds)
            play.state.kept = Ending.MESSAGE_TAKEN
            play.say(step.done_prompts, Phase.DONE, interruptible=False)
            return
        play.because("nothing_said", f"{seconds:g}")
        play.state.tries += 1
        if play.state.tries > step.retries:
            play.go_to(step.on_empty, "exhausted", str(play.state.tries))
        else:
            self.enter(play, step)

    def timed_out(self, play: Play, step: TakeMessage, what: str) -> None:
        self.recorded(play, step, 0.0)


class TransferBehaviour(Behaviour[Transfer]):
    def enter(self, play: Play, step: Transfer) -> None:
        play.say(step.prompts, Phase.ASKING, interruptible=False)

    def resume(self, play: Play, step: Transfer) -> None:
        if play.state.phase is Phase.TRANSFERRING:
            self.prompt_ended(play, step)
        else:
            self.enter(play, step)

    def prompt_ended(self, play: Play, step: Transfer) -> None:
        play.state.phase = Phase.TRANSFERRING
        play.order(TransferTo(step.to, step.timeout))
        play.set_timer(TRANSFER_TIMER, step.timeout + GUARD_SECONDS)
        play.because("transfer", step.to)

    def transfer_failed(self, play: Play, step: Transfer, why: str) -> None:
        if play.state.phase is Phase.TRANSFERRING:
            play.go_to(step.on_failed, "transfer_failed", why)
        else:
            super().transfer_failed(play, step, why)

    def timed_out(self, play: Play, step: Transfer, what: str) -> None:
        self.transfer_failed(play, step, "no report")


class HangUpBehaviour(Behaviour[HangUp]):
    def enter(self, play: Play, step: HangUp) -> None:
        play.say(step.prompts, Phase.ASKING)

    def prompt_ended(self, play: Play, step: HangUp) -> None:
        play.hang_up(step.cause)


def keep_message(play: Play, step: TakeMessage, seconds: float) -> None:
    """What was recorded is a message."""
    play.order(KeepMessage(play.queue(step.queue), seconds))
    play.because("message_taken", f"{seconds:g}")


def international(typed: str) -> str:
    """Typed digits as E.164: eight are Danish, `00` begins a foreign number."""
    if typed.startswith("00"):
        return "+" + typed[2:]
    return f"+45{typed}" if len(typed) == DANISH_DIGITS else typed
