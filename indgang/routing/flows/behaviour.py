"""How steps react to signals; each kind of step overrides the methods it needs.

A method may change the state, give orders, and ask to go to another step; it raises CannotGoOnError when it has no
way on. A signal that a step has no use for is noted and has no effect.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from indgang.routing.flows.state import QueueSaid
from indgang.routing.flows.steps import Step
from indgang.routing.flows.turn import Turn

S = TypeVar("S", bound=Step)


class Behaviour(ABC, Generic[S]):
    #: the caller hears nothing of such a step and goes on within the turn
    DECIDES_AT_ONCE: ClassVar[bool] = False

    @abstractmethod
    def enter(self, turn: Turn, step: S) -> None:
        """The caller comes to this step."""

    def prompt_ended(self, turn: Turn, step: S) -> None:
        """The prompt has ended, or there was none."""

    def key(self, turn: Turn, step: S, key: str) -> None:
        turn.because("key_ignored", key)

    def timed_out(self, turn: Turn, step: S, what: str) -> None:
        turn.because("signal_ignored", what)

    def queue_said(self, turn: Turn, step: S, said: QueueSaid) -> None:
        turn.because("signal_ignored", f"queue {said.news.value}")

    def recorded(self, turn: Turn, step: S, seconds: float) -> None:
        turn.because("signal_ignored", "recorded")

    def transfer_failed(self, turn: Turn, step: S, why: str) -> None:
        turn.because("signal_ignored", "transfer_failed")

    def resume(self, turn: Turn, step: S) -> None:
        """Continue after an outage; by default the step begins again."""
        self.enter(turn, step)
