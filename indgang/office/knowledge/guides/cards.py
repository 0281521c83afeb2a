"""A guide as its page shows it: each step with its ways on and its problems, and the changes of a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.core.text import shorten
from indgang.knowledge import difference, guide_versions, guides, markdown
from indgang.knowledge.guides import ChecklistStep, GuideTree, QuestionStep, ResultStep, Step

KINDS: Mapping[str, str | Promise] = {
    "question": _("Spørgsmål"),
    "checklist": _("Tjekliste"),
    "result": _("Svar"),
}


@dataclass(frozen=True, slots=True)
class GuideWay:
    """One way on: the answer and the next step."""

    words: str
    target: str
    target_words: str
    exists: bool


@dataclass(frozen=True, slots=True)
class GuideCard:
    number: int
    step: Step
    words: str
    kind: str | Promise
    is_start: bool
    ways: list[GuideWay]
    problems: list[str]


def in_a_line(step: Step, length: int) -> str:
    """The text of the step without markup, as its name."""
    return shorten(markdown.plain(step.text), length)


def cards(guide: GuideTree, found: Sequence[guides.GuideFault]) -> list[GuideCard]:
    """The steps in reading order: from the start along the ways, then the unreachable ones."""
    names = {step.id: in_a_line(step, 60) or step.id for step in guide.steps}
    return [
        GuideCard(
            number=number,
            step=step,
            words=in_a_line(step, 160),
            kind=KINDS[step.kind],
            is_start=step.id == guide.start,
            ways=_ways(step, names),
            problems=[guide_versions.sentence(each) for each in found if each.step == step.id],
        )
        for number, step in enumerate(_reading_order(guide), start=1)
    ]


@dataclass(frozen=True, slots=True)
class StepDifference:
    """One step that differs. `pieces` are the result of `difference.words`."""

    step: str
    kind: str | Promise
    what: str | Promise
    pieces: list[difference.Piece]


def differences(before: GuideTree, after: GuideTree) -> list[StepDifference]:
    """The changes from `before` to `after`: the guide itself, then each step, then the deleted steps."""
    found = []
    whole = difference.words(_head(before), _head(after))
    if any(kind != "equal" for kind, _text in whole):
        found.append(StepDifference("", "", _("Overskrift, indledning og begyndelse"), whole))
    for step in after.steps:
        old = before.by_id.get(step.id)
        if old != step:
            what = _("Trinnet er ændret") if old else _("Trinnet er nyt")
            pieces = difference.words(step_text(old) if old else "", step_text(step))
            found.append(StepDifference(step.id, KINDS[step.kind], what, pieces))
    for step in before.steps:
        if step.id not in after.by_id:
            pieces = difference.words(step_text(step), "")
            found.append(StepDifference(step.id, KINDS[step.kind], _("Trinnet er slettet"), pieces))
    return found


def step_text(step: Step) -> str:
    """All texts and ways of a step, one on each line."""
    lines = [step.text]
    if isinstance(step, QuestionStep):
        lines += [step.hint] if step.hint else []
        lines += [f"• {answer.text} → {answer.to}" for answer in step.answers]
    elif isinstance(step, ChecklistStep):
        lines += [f"☐ {item}" for item in step.items]
        lines += [f"→ {step.to}"] if step.to else []
    elif isinstance(step, ResultStep):
        lines += [f"article:{slug}" for slug in step.articles]
    return "\n".join(lines)


def _head(guide: GuideTree) -> str:
    return "\n".join([guide.title, guide.intro, f"→ {guide.start}"])


def _ways(step: Step, names: Mapping[str, str]) -> list[GuideWay]:
    words = [answer.text for answer in step.answers] if isinstance(step, QuestionStep) else [""] * len(step.ways)
    return [
        GuideWay(word, target, names.get(target, target), target in names)
        for word, target in zip(words, step.ways, strict=True)
    ]


def _reading_order(guide: GuideTree) -> list[Step]:
    ordered: dict[str, Step] = {}
    ahead = [guide.start]
    while ahead:
        step = guide.by_id.get(ahead.pop(0))
        if step is not None and step.id not in ordered:
            ordered[step.id] = step
            ahead = [*step.ways, *ahead]
    return [*ordered.values(), *(step for step in guide.steps if step.id not in ordered)]
