"""The lines of an agreement in words, each with its problems beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indgang.workforce import agreements, window_words
from indgang.workforce.agreements import AgreementProblem
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow


@dataclass(frozen=True, slots=True)
class LineInWords:
    line: PromisedWindow
    week: str
    people: str
    media: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def of(agreement: AvailabilityAgreement) -> tuple[list[LineInWords], list[str]]:
    """The lines, first choices before back-ups, and the problems of the agreement as a whole."""
    found = [] if agreement.is_signed else list(agreements.problems(agreement))
    beside, told = _beside(found), _beside(() if agreement.is_signed else agreements.warnings(agreement))
    lines = agreement.windows.select_related("service", "group").prefetch_related("people__person")
    return [_shown(line, beside[line.pk], told[line.pk]) for line in lines], [
        problem.text for problem in found if problem.window is None
    ]


def _beside(found: Iterable[AgreementProblem]) -> dict[int, list[str]]:
    beside: dict[int, list[str]] = defaultdict(list)
    for problem in found:
        if problem.window is not None:
            beside[problem.window.pk].append(problem.text)
    return beside


def _shown(line: PromisedWindow, problems: list[str], warnings: list[str]) -> LineInWords:
    return LineInWords(
        line, window_words.week(line), window_words.people(line), window_words.media(line), tuple(problems),
        tuple(warnings),
    )  # fmt: skip
