"""Steps in which the caller waits for a person: the queue with its messages and ways out, and the safe queue.

A way out with `after` is ripe once its timer is gone, not once the clock says so: a clock that jumps neither hurries
nor strands anybody. While an agent's phone rings for the caller nothing takes the caller away or speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from indgang.routing.flows.behaviour import Behaviour, S
from indgang.routing.flows.state import (
    MUSIC,
    OFFERED,
    QUEUED,
    Enqueue,
    Figures,
    Notice,
    OpenKind,
    QueueNews,
    QueueSaid,
    RaiseAlert,
    RecordingQuestion,
    TakeUpCallback,
    Timer,
)
from indgang.routing.flows.steps import (
    CALLBACK_TIMER,
    CHECK_SECONDS,
    CHECK_TIMER,
    MAX_WAIT_TIMER,
    PROMISED_QUEUE,
    Overflow,
    OverflowWhen,
    QueueStep,
    SafeQueue,
)
from indgang.routing.flows.turn import CONSENT_TIMER, CannotGoOnError, Turn, UnknownFigureError, length

#: a message that falls due while something else is said or an agent's phone rings is tried again after this long
RETRY_SECONDS = 5.0
#: the one key that lets the conversation be recorded; silence and every other key is no
CONSENT_KEY = "1"
#: how long after the question an answer counts
CONSENT_SECONDS = 5.0
#: sooner nobody has heard the question: a key is meant for something else, and a prompt that has ended was not there
CONSENT_HEARD_SECONDS = 1.0
#: interval of repeated alerts about a caller in the safe queue
SAFE_ALERT_SECONDS = 120.0

SAFE_TIMER = "safe"


def due_notice(notices: Sequence[Notice], *, said: int, last: datetime, at: datetime) -> Notice | None:
    """The notice to say next, in turn; None when it is not due. `said` have been said, the latest at `last`."""
    if not notices:
        return None
    notice = notices[said % len(notices)]
    return notice if abs((at - last).total_seconds()) >= notice.every else None


class Waiting(Behaviour[S]):
    """Common behaviour of the queue and the safe queue: join, offer, answer."""

    def join(self, turn: Turn, queue: str, priority: int) -> None:
        state = turn.state
        since = state.queued_since or turn.at
        state.phase, state.queue, state.queued_since = QUEUED, queue, since
        turn.because("queue", queue)
        turn.instructions += (Enqueue(queue, priority, since), MUSIC)

    def rejoin(self, turn: Turn, priority: int) -> None:
        """Tell the driver again of the place in the queue. No timer has longer to run than it had at first, whatever
        the clock did meanwhile."""
        since = turn.state.queued_since or turn.at
        turn.state.is_offered = False
        turn.order(Enqueue(turn.state.queue, priority, since, again=True))
        turn.state.timers = tuple([_gone_on(timer, turn.at) for timer in turn.state.timers])
        turn.order(MUSIC)

    def prompt_ended(self, turn: Turn, step: S) -> None:
        turn.order(MUSIC)

    def queue_said(self, turn: Turn, step: S, said: QueueSaid) -> None:
        if not turn.state.queue:
            super().queue_said(turn, step, said)
        elif said.news is OFFERED:
            turn.state.is_offered = True
            turn.because("offered", said.detail)
        else:
            self.still_waiting(turn, step, said)

    def still_waiting(self, turn: Turn, step: S, said: QueueSaid) -> None:
        if said.news is QueueNews.WAITING:
            turn.state.is_offered = False
            turn.because("waiting_again", said.detail)


class QueueBehaviour(Waiting[QueueStep]):
    def enter(self, turn: Turn, step: QueueStep) -> None:
        figures = turn.figures(step.queue)
        if self._left(turn, step, figures):
            return
        queue = turn.queue(step.queue)
        if step.queue == PROMISED_QUEUE:
            _take_up_callback(turn, queue)
        self.join(turn, queue, step.priority)
        turn.start_timers(step.timers)
        _check_later(turn, step, figures)
        self._ask_consent(turn, figures)
        self._say_first(turn, step)

    def resume(self, turn: Turn, step: QueueStep) -> None:
        self.rejoin(turn, step.priority)
        if not turn.is_running(CHECK_TIMER):
            turn.set_timer(CHECK_TIMER, CHECK_SECONDS)  # what it looks at may have changed meanwhile
        if turn.state.consent_open:
            self._ask_again(turn, step)

    def prompt_ended(self, turn: Turn, step: QueueStep) -> None:
        super().prompt_ended(turn, step)
        if turn.state.consent_open and _was_heard(turn):
            turn.set_timer(CONSENT_TIMER, CONSENT_SECONDS)
        else:
            turn.close_consent("not_said")

    def key(self, turn: Turn, step: QueueStep, key: str) -> None:
        if turn.state.consent_open and _was_heard(turn):
            self._consent_answered(turn, key)
            return
        if step.callback is None or not turn.state.callback_open or key != step.callback.key or turn.state.is_offered:
            super().key(turn, step, key)
            return
        turn.state.choices = (*turn.state.choices, (turn.state.flow, step.id, key))
        turn.go_to(step.callback.to, "callback_wanted", key)

    def timed_out(self, turn: Turn, step: QueueStep, what: str) -> None:
        kind, _, number = what.partition(":")
        if kind == "message":
            self._message_due(turn, step, int(number))
        elif kind == CALLBACK_TIMER:
            self._callback_due(turn, step)
        elif kind == CONSENT_TIMER:
            turn.close_consent("silence")
        elif kind == CHECK_TIMER and turn.state.is_offered:
            turn.set_timer(CHECK_TIMER, CHECK_SECONDS)
        else:
            self._look_around(turn, step)

    def still_waiting(self, turn: Turn, step: QueueStep, said: QueueSaid) -> None:
        super().still_waiting(turn, step, said)
        if said.news is QueueNews.REFUSED:
            raise CannotGoOnError("queue_refused", f"{step.queue} {said.detail}".strip())
        if said.news is QueueNews.OVERFLOW and not turn.state.is_offered:
            self._overflow_wanted(turn, step, said.detail)
        else:
            self._look_around(turn, step)

    # --- Ways out ------------------------------------------------------------------------------

    def _look_around(self, turn: Turn, step: QueueStep) -> None:
        if turn.state.is_offered:
            return
        figures = turn.figures(step.queue)
        _check_later(turn, step, figures)
        if not self._left(turn, step, figures):
            self._notice_due(turn, figures)

    def _left(self, turn: Turn, step: QueueStep, figures: Figures) -> bool:
        """Take the first way out that is ripe and whose condition holds, if there is one."""
        for number, overflow in enumerate(step.overflow):
            if self._is_ripe(turn, overflow, number) and _overflow_holds(turn, overflow, figures):
                turn.go_to(overflow.to, "overflow", _named(overflow))
                return True
        if not turn.state.queue and not figures.is_open:
            # a queue closed by hand still serves the callers in it, unless an overflow moves them
            return self._turned_away(turn, step)
        if step.max_wait and turn.state.queue and not turn.is_running(MAX_WAIT_TIMER):
            turn.go_to(step.on_max_wait, "max_wait", f"{step.max_wait:g}")
            return True
        return False

    def _turned_away(self, turn: Turn, step: QueueStep) -> bool:
        if not step.on_max_wait:
            raise CannotGoOnError("queue_closed", step.queue)
        turn.go_to(step.on_max_wait, "queue_closed", step.queue)
        return True

    def _is_ripe(self, turn: Turn, overflow: Overflow, number: int) -> bool:
        if not overflow.after:
            return True
        return turn.state.queue != "" and not turn.is_running(f"overflow:{number}")

    def _overflow_wanted(self, turn: Turn, step: QueueStep, when: str) -> None:
        overflow = next((each for each in step.overflow if each.when.value == when), None)
        if overflow is None:
            turn.because("signal_ignored", f"overflow {when}")
        else:
            turn.go_to(overflow.to, "overflow", _named(overflow))

    # --- The question about recording ------------------------------------------------------------

    def _ask_consent(self, turn: Turn, figures: Figures) -> None:
        """Ask whoever joins, once for each purpose in a call. The caller is in the queue already, so that nobody
        waits longer for it; an agent who answers sooner cuts it short, which is no."""
        question = figures.recording
        if question is not None and question.purpose not in turn.state.consents_asked:
            turn.state.consents_asked = (*turn.state.consents_asked, question.purpose)
            self._put_question(turn, question)

    def _ask_again(self, turn: Turn, step: QueueStep) -> None:
        question = turn.figures(step.queue).recording
        turn.cancel(CONSENT_TIMER)
        if question is not None and question.purpose == turn.state.consent_open:
            self._put_question(turn, question)
        else:
            turn.close_consent("purpose_over")

    def _put_question(self, turn: Turn, question: RecordingQuestion) -> None:
        turn.state.consent_open, turn.state.consent_since = question.purpose, turn.at
        turn.because("consent_asked", str(question.purpose))
        turn.say(question.prompts)

    def _consent_answered(self, turn: Turn, key: str) -> None:
        turn.hush()
        turn.close_consent(key, given=key == CONSENT_KEY)
        turn.order(MUSIC)

    # --- What is said --------------------------------------------------------------------------

    def _say_first(self, turn: Turn, step: QueueStep) -> None:
        for number, message in enumerate(step.messages):
            if not message.after:
                self._message_due(turn, step, number)

    def _message_due(self, turn: Turn, step: QueueStep, number: int) -> None:
        message, what = step.messages[number], f"message:{number}"
        if message.phases and turn.facts.phase not in message.phases:
            turn.because("message_not_in_phase", " ".join(message.prompts))
        elif _may_not_speak(turn):
            turn.set_timer(what, RETRY_SECONDS)
            return
        else:
            self._try_to_say(turn, message.prompts)
        if message.every:
            turn.set_timer(what, message.every)

    def _callback_due(self, turn: Turn, step: QueueStep) -> None:
        if step.callback is None:
            return
        if _may_not_speak(turn):
            turn.set_timer(CALLBACK_TIMER, RETRY_SECONDS)
            return
        turn.state.callback_open = True
        turn.because("callback_offered", step.callback.key)
        self._try_to_say(turn, step.callback.prompts)

    def _notice_due(self, turn: Turn, figures: Figures) -> None:
        """Say the next of the messages a team leader has switched on, when it is time."""
        state = turn.state
        last = state.notice_at or state.entered_at
        notice = due_notice(figures.notices, said=state.notices_said, last=last, at=turn.at)
        if notice is None or state.saying or state.consent_open:
            return
        state.notices_said += 1
        state.notice_at = turn.at
        self._try_to_say(turn, notice.prompts)

    def _try_to_say(self, turn: Turn, prompts: tuple[str, ...]) -> None:
        try:
            turn.say(prompts)
        except UnknownFigureError:
            turn.because("figure_unknown", " ".join(prompts))
        else:
            turn.because("message", " ".join(prompts))


class SafeQueueBehaviour(Waiting[SafeQueue]):
    def enter(self, turn: Turn, step: SafeQueue) -> None:
        turn.because("safe_queue", turn.facts.safe_queue)
        self._alert(turn)
        self.join(turn, turn.facts.safe_queue, 0)
        if step.prompts:
            turn.say(step.prompts)

    def resume(self, turn: Turn, step: SafeQueue) -> None:
        self.rejoin(turn, 0)

    def timed_out(self, turn: Turn, step: SafeQueue, what: str) -> None:
        turn.because("still_in_safe_queue", turn.facts.safe_queue)
        self._alert(turn)

    def _alert(self, turn: Turn) -> None:
        where = f"{turn.state.flow} v{turn.state.version}, {turn.state.step}"
        turn.order(RaiseAlert("safe_queue", f"{turn.facts.safe_queue}: {where}"))
        turn.set_timer(SAFE_TIMER, SAFE_ALERT_SECONDS)


def _check_later(turn: Turn, step: QueueStep, figures: Figures) -> None:
    """Look again after a while, where something may change that nobody reports."""
    if (step.follows_figures or figures.notices) and not turn.is_running(CHECK_TIMER):
        turn.set_timer(CHECK_TIMER, CHECK_SECONDS)


def _was_heard(turn: Turn) -> bool:
    """Whether the caller has heard the question about recording long enough to answer it."""
    since = turn.state.consent_since
    return since is not None and (turn.at - since).total_seconds() >= CONSENT_HEARD_SECONDS


def _may_not_speak(turn: Turn) -> bool:
    """Whether something is said, or asked, or an agent's phone rings for the caller."""
    return bool(turn.state.saying or turn.state.is_offered or turn.state.consent_open)


def _gone_on(timer: Timer, at: datetime) -> Timer:
    left = min(max((timer.due - at).total_seconds(), 0.0), timer.seconds)
    return Timer(timer.name, timer.what, timer.seconds, at + length(left))


def _take_up_callback(turn: Turn, queue: str) -> None:
    """Give the caller the place of their callback, which is suspended."""
    callback = turn.facts.callback
    turn.state.promised_queue = queue
    if callback is None or not callback.waits:
        return
    turn.state.queued_since = min(callback.place, turn.state.queued_since or turn.at)
    turn.because("callback_taken_up", queue)
    turn.order(TakeUpCallback(queue))


def _overflow_holds(turn: Turn, overflow: Overflow, figures: Figures) -> bool:
    if overflow.when is OverflowWhen.AGENTS_BELOW:
        return figures.agents < overflow.below
    if overflow.when is OverflowWhen.EXPECTED_WAIT_OVER:
        return figures.expected_wait is not None and figures.expected_wait > overflow.over
    if overflow.when is OverflowWhen.OUTSIDE_HOURS:
        return turn.opening(overflow.schedule).kind is not OpenKind.OPEN
    if overflow.when is OverflowWhen.QUEUE_CLOSED:
        return not figures.is_open
    return True


def _named(overflow: Overflow) -> str:
    details = {
        OverflowWhen.WAITED: f"{overflow.after:g}",
        OverflowWhen.AGENTS_BELOW: str(overflow.below),
        OverflowWhen.EXPECTED_WAIT_OVER: f"{overflow.over:g}",
        OverflowWhen.OUTSIDE_HOURS: overflow.schedule,
    }
    return f"{overflow.when.value} {details.get(overflow.when, '')}".strip()
