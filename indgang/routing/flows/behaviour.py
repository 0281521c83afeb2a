"""How a step meets what happens to it; each kind of step overrides what concerns it.

A method may change the state, give orders, and ask to go to another step; it raises CannotGoOnError when it has no
way on. A signal that a step has no use for is noted and has no effect.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from indgang.routing.flows.play import Play
from indgang.routing.flows.state import QueueSaid
from indgang.routing.flows.steps import Step

S = TypeVar("S", bound=Step)


class Behaviour(ABC, Generic[S]):
    #: the caller hears nothing of such a step and goes on within the turn
    DECIDES_AT_ONCE: ClassVar[bool] = False

    @abstractmethod
    def enter(self, play: Play, step: S) -> None:
        """The caller comes to this step."""

    def prompt_ended(self, play: Play, step: S) -> None:
        """What was said has ended, or there was nothing to say."""

    def key(self, play: Play, step: S, key: str) -> None:
        play.because("key_ignored", key)

    def timed_out(self, play: Play, step: S, what: str) -> None:
        play.because("signal_ignored", what)

    def queue_said(self, play: Play, step: S, said: QueueSaid) -> None:
        play.because("signal_ignored", f"queue {said.news.value}")

    def recorded(self, play: Play, step: S, seconds: float) -> None:
        play.because("signal_ignored", "recorded")

    def transfer_failed(self, play: Play, step: S, why: str) -> None:
        play.because("signal_ignored", "transfer_failed")

    def resume(self, play: Play, step: S) -> None:
        """Say again what was under way; by default the step begins again."""
        self.enter(play, step)
