"""The progress of a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class StepState(StrEnum):
    MISSING = "missing"
    BEGUN = "begun"
    DONE = "done"


_WORDS: dict[StepState, str | Promise] = {
    StepState.MISSING: _("mangler"),
    StepState.BEGUN: _("begyndt"),
    StepState.DONE: _("færdig"),
}


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A state, and a sentence about what exists or what is missing."""

    state: StepState
    sentence: str

    @property
    def word(self) -> str | Promise:
        return _WORDS[self.state]


def missing(sentence: str) -> StepProgress:
    return StepProgress(StepState.MISSING, sentence)


def begun(sentence: str) -> StepProgress:
    return StepProgress(StepState.BEGUN, sentence)


def done(sentence: str) -> StepProgress:
    return StepProgress(StepState.DONE, sentence)
