"""Steps in which the caller waits for a person: the queue with its messages and ways out, and the safe queue.

A way out with `after` is ripe once its timer is gone, not once the clock says so: a clock that jumps neither hurries
nor strands anybody. While an agent's phone rings for the caller nothing takes the caller away or speaks.
"""

from __future__ import annotations

from datetime import datetime

from indgang.routing.flows.behaviour import Behaviour, S
from indgang.routing.flows.play import CannotGoOnError, Play, UnknownFigureError, length
from indgang.routing.flows.state import (
    Enqueue,
    Figures,
    OpenKind,
    Phase,
    PlayMusic,
    QueueNews,
    QueueSaid,
    RaiseAlert,
    TakeUpCallback,
    Timer,
)
from indgang.routing.flows.steps import PROMISED_QUEUE, Overflow, OverflowWhen, Queue, SafeQueue

#: how often conditions to overflow and switched-on notices are looked at
CHECK_SECONDS = 15.0
#: a message that falls due while something else is said or an agent's phone rings is tried again after this long
RETRY_SECONDS = 5.0
#: how often somebody is alerted again that a caller waits in the safe queue
SAFE_ALERT_SECONDS = 120.0

CHECK_TIMER = "check"
MAX_WAIT_TIMER = "max_wait"
CALLBACK_TIMER = "callback"
SAFE_TIMER = "safe"


class Waiting(Behaviour[S]):
    """What the queue and the safe queue share: joining, being offered, being answered."""

    def join(self, play: Play, queue: str, priority: int) -> None:
        since = play.state.queued_since or play.at
        play.state.phase, play.state.queue, play.state.queued_since = Phase.QUEUED, queue, since
        play.because("queue", queue)
        play.order(Enqueue(queue, priority, since))
        play.order(PlayMusic())

    def rejoin(self, play: Play, priority: int) -> None:
        """Tell the driver again of the place in the queue. No timer has longer to run than it had at first, whatever
        the clock did meanwhile."""
        since = play.state.queued_since or play.at
        play.state.is_offered = False
        play.order(Enqueue(play.state.queue, priority, since, again=True))
        play.state.timers = tuple([_gone_on(timer, play.at) for timer in play.state.timers])
        play.order(PlayMusic())

    def prompt_ended(self, play: Play, step: S) -> None:
        play.order(PlayMusic())

    def queue_said(self, play: Play, step: S, said: QueueSaid) -> None:
        if not play.state.queue:
            super().queue_said(play, step, said)
        elif said.news is QueueNews.OFFERED:
            play.state.is_offered = True
            play.because("offered", said.detail)
        else:
            self.still_waiting(play, step, said)

    def still_waiting(self, play: Play, step: S, said: QueueSaid) -> None:
        if said.news is QueueNews.WAITING:
            play.state.is_offered = False
            play.because("waiting_again", said.detail)


class QueueBehaviour(Waiting[Queue]):
    def enter(self, play: Play, step: Queue) -> None:
        figures = play.figures(step.queue)
        if self._left(play, step, figures):
            return
        queue = play.queue(step.queue)
        if step.queue == PROMISED_QUEUE:
            _take_up_callback(play, queue)
        self.join(play, queue, step.priority)
        for number, overflow in enumerate(step.overflow):
            if overflow.after:
                play.set_timer(f"overflow:{number}", overflow.after)
        if step.max_wait:
            play.set_timer(MAX_WAIT_TIMER, step.max_wait)
        if step.callback is not None:
            play.set_timer(CALLBACK_TIMER, step.callback.after)
        for number, message in enumerate(step.messages):
            if message.after:
                play.set_timer(f"message:{number}", message.after)
        play.set_timer(CHECK_TIMER, CHECK_SECONDS)
        self._say_first(play, step)

    def resume(self, play: Play, step: Queue) -> None:
        self.rejoin(play, step.priority)

    def key(self, play: Play, step: Queue, key: str) -> None:
        if step.callback is None or not play.state.callback_open or key != step.callback.key or play.state.is_offered:
            super().key(play, step, key)
            return
        play.state.choices = (*play.state.choices, (play.state.flow, step.id, key))
        play.go_to(step.callback.to, "callback_wanted", key)

    def timed_out(self, play: Play, step: Queue, what: str) -> None:
        kind, _, number = what.partition(":")
        if kind == "message":
            self._message_due(play, step, int(number))
        elif kind == CALLBACK_TIMER:
            self._callback_due(play, step)
        elif kind == CHECK_TIMER:
            play.set_timer(CHECK_TIMER, CHECK_SECONDS)
            self._look_around(play, step)
        else:
            self._look_around(play, step)

    def still_waiting(self, play: Play, step: Queue, said: QueueSaid) -> None:
        super().still_waiting(play, step, said)
        if said.news is QueueNews.REFUSED:
            raise CannotGoOnError("queue_refused", f"{step.queue} {said.detail}".strip())
        if said.news is QueueNews.OVERFLOW and not play.state.is_offered:
            self._overflow_wanted(play, step, said.detail)
        else:
            self._look_around(play, step)

    # --- Ways out ------------------------------------------------------------------------------

    def _look_around(self, play: Play, step: Queue) -> None:
        if play.state.is_offered:
            return
        figures = play.figures(step.queue)
        if not self._left(play, step, figures):
            self._notice_due(play, figures)

    def _left(self, play: Play, step: Queue, figures: Figures) -> bool:
        """Take the first way out that is ripe and whose condition holds, if there is one."""
        for number, overflow in enumerate(step.overflow):
            if self._is_ripe(play, overflow, number) and _overflow_holds(play, overflow, figures):
                play.go_to(overflow.to, "overflow", _named(overflow))
                return True
        if not figures.is_open and not play.state.queue:
            # who waits already when a queue is closed by hand is still served, unless an overflow says otherwise
            return self._turned_away(play, step)
        if step.max_wait and play.state.queue and not play.is_running(MAX_WAIT_TIMER):
            play.go_to(step.on_max_wait, "max_wait", f"{step.max_wait:g}")
            return True
        return False

    def _turned_away(self, play: Play, step: Queue) -> bool:
        if not step.on_max_wait:
            raise CannotGoOnError("queue_closed", step.queue)
        play.go_to(step.on_max_wait, "queue_closed", step.queue)
        return True

    def _is_ripe(self, play: Play, overflow: Overflow, number: int) -> bool:
        if not overflow.after:
            return True
        return bool(play.state.queue) and not play.is_running(f"overflow:{number}")

    def _overflow_wanted(self, play: Play, step: Queue, when: str) -> None:
        overflow = next((each for each in step.overflow if each.when.value == when), None)
        if overflow is None:
            play.because("signal_ignored", f"overflow {when}")
        else:
            play.go_to(overflow.to, "overflow", _named(overflow))

    # --- What is said --------------------------------------------------------------------------

    def _say_first(self, play: Play, step: Queue) -> None:
        for number, message in enumerate(step.messages):
            if not message.after:
                self._message_due(play, step, number)

    def _message_due(self, play: Play, step: Queue, number: int) -> None:
        message, what = step.messages[number], f"message:{number}"
        if message.phases and play.facts.phase not in message.phases:
            play.because("message_not_in_phase", " ".join(message.prompts))
        elif play.state.saying or play.state.is_offered:
            play.set_timer(what, RETRY_SECONDS)
            return
        else:
            self._try_to_say(play, message.prompts)
        if message.every:
            play.set_timer(what, message.every)

    def _callback_due(self, play: Play, step: Queue) -> None:
        if step.callback is None:
            return
        if play.state.saying or play.state.is_offered:
            play.set_timer(CALLBACK_TIMER, RETRY_SECONDS)
            return
        play.state.callback_open = True
        play.because("callback_offered", step.callback.key)
        self._try_to_say(play, step.callback.prompts)

    def _notice_due(self, play: Play, figures: Figures) -> None:
        """Say the next of the messages a team leader has switched on, when it is time."""
        if not figures.notices or play.state.saying:
            return
        notice = figures.notices[play.state.notices_said % len(figures.notices)]
        last = play.state.notice_at or play.state.entered_at
        if abs((play.at - last).total_seconds()) >= notice.every:
            play.state.notices_said += 1
            play.state.notice_at = play.at
            self._try_to_say(play, notice.prompts)

    def _try_to_say(self, play: Play, prompts: tuple[str, ...]) -> None:
        try:
            play.say(prompts)
        except UnknownFigureError:
            play.because("figure_unknown", " ".join(prompts))
        else:
            play.because("message", " ".join(prompts))


class SafeQueueBehaviour(Waiting[SafeQueue]):
    def enter(self, play: Play, step: SafeQueue) -> None:
        play.because("safe_queue", play.facts.safe_queue)
        self._alert(play)
        self.join(play, play.facts.safe_queue, 0)
        if step.prompts:
            play.say(step.prompts)

    def resume(self, play: Play, step: SafeQueue) -> None:
        self.rejoin(play, 0)

    def timed_out(self, play: Play, step: SafeQueue, what: str) -> None:
        play.because("still_in_safe_queue", play.facts.safe_queue)
        self._alert(play)

    def _alert(self, play: Play) -> None:
        where = f"{play.state.flow} v{play.state.version}, {play.state.step}"
        play.order(RaiseAlert("safe_queue", f"{play.facts.safe_queue}: {where}"))
        play.set_timer(SAFE_TIMER, SAFE_ALERT_SECONDS)


def _gone_on(timer: Timer, at: datetime) -> Timer:
    left = min(max((timer.due - at).total_seconds(), 0.0), timer.seconds)
    return Timer(timer.name, timer.what, timer.seconds, at + length(left))


def _take_up_callback(play: Play, queue: str) -> None:
    """The place of the promised call becomes the caller's, who need not be rung."""
    callback = play.facts.callback
    play.state.promised_queue = queue
    if callback is None or not callback.waits:
        return
    play.state.queued_since = min(callback.place, play.state.queued_since or play.at)
    play.because("callback_taken_up", queue)
    play.order(TakeUpCallback(queue))


def _overflow_holds(play: Play, overflow: Overflow, figures: Figures) -> bool:
    if overflow.when is OverflowWhen.AGENTS_BELOW:
        return figures.agents < overflow.below
    if overflow.when is OverflowWhen.EXPECTED_WAIT_OVER:
        return figures.expected_wait is not None and figures.expected_wait > overflow.over
    if overflow.when is OverflowWhen.OUTSIDE_HOURS:
        return play.opening(overflow.schedule).kind is not OpenKind.OPEN
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
