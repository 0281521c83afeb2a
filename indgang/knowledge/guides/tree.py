"""The steps of a guide, and the path through them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class AnswerOption:
    text: str
    to: str


@dataclass(frozen=True, slots=True)
class QuestionStep:
    """A question; the chosen answer decides the next step."""

    id: str
    text: str
    hint: str = ""
    answers: tuple[AnswerOption, ...] = ()

    kind = "question"

    @property
    def ways(self) -> tuple[str, ...]:
        """Ids of the next steps, by the number of the answer."""
        return tuple(answer.to for answer in self.answers)

    @property
    def is_end(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class ChecklistStep:
    """A list of things to remember. Ends the guide unless it has a next step."""

    id: str
    text: str
    items: tuple[str, ...] = ()
    to: str = ""

    kind = "checklist"

    @property
    def ways(self) -> tuple[str, ...]:
        return (self.to,) if self.to else ()

    @property
    def is_end(self) -> bool:
        return not self.to


@dataclass(frozen=True, slots=True)
class ResultStep:
    """The answer (Markdown), with the slugs of articles for further reading."""

    id: str
    text: str
    articles: tuple[str, ...] = ()

    kind = "result"

    @property
    def ways(self) -> tuple[str, ...]:
        return ()

    @property
    def is_end(self) -> bool:
        return True


Step = QuestionStep | ChecklistStep | ResultStep


@dataclass(frozen=True)
class GuideTree:
    title: str
    start: str
    intro: str = ""
    steps: tuple[Step, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        return {step.id: step for step in self.steps}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step on the path, and the number of the answer chosen there; None at the current step."""

    step: Step
    answer: int | None

    @property
    def words(self) -> str:
        """The text of the chosen answer; empty for a checklist and for the current step."""
        if self.answer is None or not isinstance(self.step, QuestionStep):
            return ""
        return self.step.answers[self.answer].text


class WrongPath(LookupError):
    """The path does not exist in this guide, or no longer does."""


def walk(guide: GuideTree, path: Sequence[int]) -> list[Taken]:
    """The steps along `path`, with the current step last. Raises WrongPath."""
    step = _step(guide, guide.start)
    taken = []
    for answer in path:
        if not 0 <= answer < len(step.ways):
            raise WrongPath(f"step {step.id!r} has no answer number {answer}")
        taken.append(Taken(step, answer))
        step = _step(guide, step.ways[answer])
    return [*taken, Taken(step, None)]


def step_at(guide: GuideTree, path: Sequence[int]) -> Step:
    """The step that `path` leads to; the empty path leads to the first. Raises WrongPath."""
    return walk(guide, path)[-1].step


def path_text(path: Iterable[int]) -> str:
    """The path as text for a URL: 0-2-1."""
    return "-".join(str(each) for each in path)


def path_from(text: str) -> list[int]:
    """The path that `path_text` wrote. Raises WrongPath for any other text."""
    parts = text.split("-") if text else []
    if len(parts) > 200 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        raise WrongPath("a path is numbers with hyphens between")
    return [int(part) for part in parts]


def _step(guide: GuideTree, step_id: str) -> Step:
    step = guide.by_id.get(step_id)
    if step is None:
        raise WrongPath(f"there is no step {step_id!r}")
    return step
