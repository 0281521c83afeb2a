"""Finds the faults that prevent publication of a guide, so that no reader reaches a dead end.

A guide may have no loops: a reader who wants another answer goes back, and every path ends within the number of steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from indgang.knowledge.guides.tree import ChecklistStep, GuideTree, QuestionStep, ResultStep, Step


class FaultCode(StrEnum):
    """The kind of fault; the comments give the content of `GuideFault.detail` in brackets."""

    NO_TITLE = "no_title"
    NO_STEPS = "no_steps"
    UNKNOWN_START = "unknown_start"  # no step has the id of the start (the id)
    UNKNOWN_TARGET = "unknown_target"  # no step has this id (the id)
    NO_TARGET = "no_target"  # an answer leads nowhere (the answer)
    DEAD_END = "dead_end"  # a question without answers
    LOOP = "loop"  # the steps form a loop (the steps of the loop)
    UNREACHABLE = "unreachable"  # no path leads to this step
    EMPTY_TEXT = "empty_text"
    EMPTY_ANSWER = "empty_answer"  # an answer without words (its number)
    NO_ITEMS = "no_items"  # a checklist without items
    EMPTY_ITEM = "empty_item"  # an item without text (its number)
    SAME_ANSWER = "same_answer"  # two answers with the same text (the text)
    MISSING_ARTICLE = "missing_article"  # an article that is not there, or not for the guide's readers (its slug)


@dataclass(frozen=True, slots=True)
class GuideFault:
    """One fault. `step` is the id of the step, empty for the guide itself."""

    step: str
    code: FaultCode
    detail: str = ""

    @property
    def text(self) -> str:
        """The fault as text for logs; pages have a sentence in the reader's language."""
        words = self.code.replace("_", " ")
        return f"{words}: {self.detail}" if self.detail else words


def problems(guide: GuideTree, articles: Collection[str] | None = None) -> list[GuideFault]:
    """All faults, in the order of the steps. `articles` are the slugs that may be linked; None skips this check."""
    found = [*_of_the_whole(guide), *_unreachable(guide), *_loops(guide)]
    for step in guide.steps:
        found += _of_step(step, guide, articles)
    order = {step.id: number for number, step in enumerate(guide.steps)}
    return sorted(found, key=lambda problem: order.get(problem.step, -1))


def _of_the_whole(guide: GuideTree) -> Iterator[GuideFault]:
    if not guide.title:
        yield GuideFault("", FaultCode.NO_TITLE)
    if not guide.steps:
        yield GuideFault("", FaultCode.NO_STEPS)
    elif guide.start not in guide.by_id:
        yield GuideFault("", FaultCode.UNKNOWN_START, guide.start)


def _of_step(step: Step, guide: GuideTree, articles: Collection[str] | None) -> Iterator[GuideFault]:
    if not step.text:
        yield GuideFault(step.id, FaultCode.EMPTY_TEXT)
    for target in step.ways:
        if target and target not in guide.by_id:
            yield GuideFault(step.id, FaultCode.UNKNOWN_TARGET, target)
    if isinstance(step, QuestionStep):
        yield from _of_answers(step)
    if isinstance(step, ChecklistStep):
        if not step.items:
            yield GuideFault(step.id, FaultCode.NO_ITEMS)
        for number, item in enumerate(step.items, start=1):
            if not item:
                yield GuideFault(step.id, FaultCode.EMPTY_ITEM, str(number))
    if isinstance(step, ResultStep) and articles is not None:
        for slug in step.articles:
            if slug not in articles:
                yield GuideFault(step.id, FaultCode.MISSING_ARTICLE, slug)


def _of_answers(step: QuestionStep) -> Iterator[GuideFault]:
    if not step.answers:
        yield GuideFault(step.id, FaultCode.DEAD_END)
    seen: set[str] = set()
    for number, answer in enumerate(step.answers, start=1):
        if not answer.text:
            yield GuideFault(step.id, FaultCode.EMPTY_ANSWER, str(number))
        elif answer.text.casefold() in seen:
            yield GuideFault(step.id, FaultCode.SAME_ANSWER, answer.text)
        seen.add(answer.text.casefold())
        if not answer.to:
            yield GuideFault(step.id, FaultCode.NO_TARGET, answer.text or str(number))


def _unreachable(guide: GuideTree) -> Iterator[GuideFault]:
    reached: set[str] = set()
    ahead = [guide.start]
    while ahead:
        step_id = ahead.pop()
        if step_id in guide.by_id and step_id not in reached:
            reached.add(step_id)
            ahead += guide.by_id[step_id].ways
    for step in guide.steps:
        if step.id not in reached:
            yield GuideFault(step.id, FaultCode.UNREACHABLE)


def _loops(guide: GuideTree) -> Iterator[GuideFault]:
    """One fault for each edge that closes a loop; an iterative depth-first search."""
    done: set[str] = set()
    for first in guide.steps:
        trail: dict[str, Iterator[str]] = {}
        step: Step | None = first
        while step is not None:
            if step.id not in done and step.id not in trail:
                trail[step.id] = iter(dict.fromkeys(step.ways))
            step = None
            while trail and step is None:
                last = next(reversed(trail))
                target = next(trail[last], None)
                if target is None:
                    done.add(last)
                    del trail[last]
                elif target in trail:
                    names = list(trail)
                    yield GuideFault(target, FaultCode.LOOP, " → ".join([*names[names.index(target) :], target]))
                elif target not in done:
                    step = guide.by_id.get(target)
