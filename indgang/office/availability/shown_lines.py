"""The lines of an agreement in words, each with its problems beside it."""

from __future__ import annotations

from dataclasses import dataclass

from indgang.workforce import agreements, window_words
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow


@dataclass(frozen=True, slots=True)
class LineInWords:
    line: PromisedWindow
    week: str
    people: str
    media: str
    problems: tuple[str, ...]


def of(agreement: AvailabilityAgreement) -> tuple[list[LineInWords], list[str]]:
    """The lines, first choices before back-ups, and the problems of the agreement as a whole."""
    found = [] if agreement.is_signed else list(agreements.problems(agreement))
    beside: dict[int, list[str]] = {}
    for problem in found:
        if problem.window is not None:
            beside.setdefault(problem.window.pk, []).append(problem.text)
    lines = agreement.windows.select_related("service", "group").prefetch_related("people__person")
    return [_shown(line, beside.get(line.pk, [])) for line in lines], [
        problem.text for problem in found if problem.window is None
    ]


def _shown(line: PromisedWindow, problems: list[str]) -> LineInWords:
    return LineInWords(
        line, window_words.week(line), window_words.people(line), window_words.media(line), tuple(problems)
    )
