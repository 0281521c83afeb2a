"""A flow in words for the editor: cards of its steps, its problems, and the differences between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from indgang.entry.setup import flow_versions
from indgang.entry.setup.flow_versions import Difference
from indgang.entry.wording import names as flow_names
from indgang.entry.wording.words import WORDS, field_path_word, field_words, is_warning, problem_sentence
from indgang.office.flows import chart
from indgang.routing import flows

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out of a step: its condition and its target."""

    words: str
    target: str
    #: name of the target; its id when no such step exists
    name: str
    exists: bool


@dataclass(frozen=True, slots=True)
class StepCard:
    """One step as the page shows it."""

    number: int
    step: flows.Step
    name: str
    facts: list[tuple[str, str]]
    #: the prompt texts; an empty one is not written yet
    said: list[str]
    branches: list[Branch]
    problems: list[tuple[str, bool]]


def cards_or_fault(definition: Definition, *, on: date) -> tuple[list[StepCard], str]:
    try:
        return cards(definition, on=on), ""
    except flows.FlowError as error:
        return [], str(error)


def cards(definition: Definition, *, on: date) -> list[StepCard]:
    """The steps in reading order. Raises FlowError."""
    if not definition:
        return []
    parsed = flows.parse(definition)
    texts, named = flow_names.texts(), flow_names.things()
    names = flow_names.step_names(definition, texts, named)
    found = flow_versions.problems(definition, on=on)
    return [
        StepCard(
            number=number,
            step=each,
            name=names[each.id],
            facts=_facts(each, named),
            said=[texts.get(code, "") for code in dict.fromkeys(each.prompts_used())],
            branches=[
                Branch(field_path_word(each.kind, name), target, names.get(target, target), target in names)
                for name, target in each.targets()
                if target
            ],
            problems=[
                (problem_sentence(problem, names), is_warning(problem)) for problem in found if problem.step == each.id
            ],
        )
        for number, each in enumerate(chart.reading_order(parsed), start=1)
    ]


def _facts(step: flows.Step, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The single values of a step in words: its queue, its opening hours, its numbers."""
    shown = {flows.Holds.QUEUE, flows.Holds.SCHEDULE, flows.Holds.FLOW, flows.Holds.ADDRESS, flows.Holds.WORD}
    shown |= {flows.Holds.SECONDS, flows.Holds.COUNT, flows.Holds.NUMBER}
    found = []
    for mark in flows.marks(type(step)):
        value = getattr(step, mark.name)
        if mark.metadata["holds"] in shown and value not in ("", 0, None) and value != mark.default:
            text = f"{value:g}" if isinstance(value, float) else names.get(str(value), str(WORDS.get(value, value)))
            found.append((str(field_words(step.kind, mark.name)[0]), text))
    return found


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """A problem of a step in words; the id is empty for a problem of the whole flow."""

    step: str
    name: str
    sentence: str
    is_warning: bool


def problem_list(definition: Definition, *, on: date) -> list[ProblemShown]:
    """The problems, errors first."""
    if not definition:
        return []
    names = flow_names.names_of(definition)
    found = [
        ProblemShown(each.step, names.get(each.step, each.step), problem_sentence(each, names), is_warning(each))
        for each in flow_versions.problems(definition, on=on)
    ]
    return sorted(found, key=lambda each: each.is_warning)


def step_data(definition: Definition, step_id: str) -> Mapping[str, Any] | None:
    return next((each for each in definition.get("steps", []) if each["id"] == step_id), None)


def conflict(theirs: Mapping[str, Any] | None, mine: Mapping[str, Any], definition: Definition) -> list[dict[str, Any]]:
    """The present draft beside the typed data, field by field."""
    before, after = {"steps": [theirs] if theirs else []}, {"steps": [_written(mine)]}
    names = _names_in_both(definition, after)
    found = flow_versions.differences(before, after)
    return [_difference_words(each, before, after, names) for each in found if each.step]


def _written(step: Mapping[str, Any]) -> dict[str, Any]:
    """The step as it would be saved, or as typed when it cannot be parsed."""
    try:
        alone = flows.parse({"code": "x", "start": step["id"], "steps": [step]})
    except flows.FlowError:
        return dict(step)
    return dict(flows.dump(alone)["steps"][0])


def difference_list(before: Definition, after: Definition) -> list[dict[str, Any]]:
    """The changes from `before` to `after` in words: step, field, value before and value after."""
    names = _names_in_both(before, after)
    return [_difference_words(each, before, after, names) for each in flow_versions.differences(before, after)]


def _names_in_both(before: Definition, after: Definition) -> dict[str, str]:
    """Names for the codes and ids of two definitions; where they differ, the present name."""
    texts, named = flow_names.texts(), flow_names.things()
    quoted = {code: f"“{text}”" for code, text in texts.items()}
    steps = flow_names.step_names(before, texts, named) | flow_names.step_names(after, texts, named)
    return quoted | named | steps


def _difference_words(
    each: Difference, before: Definition, after: Definition, names: Mapping[str, str]
) -> dict[str, Any]:
    step = step_data(after, each.step) or step_data(before, each.step)
    kind, name = step["kind"] if step else "", names.get(each.step, each.step)
    if each.step and not each.field:
        what = _("Trinnet er nyt") if each.before is None else _("Trinnet er slettet")
        return {"step": name, "what": what, "before": "", "after": ""}
    own = {"title": _("Overskrift"), "start": _("Begynder med"), "order": _("Rækkefølge")}
    return {
        "step": name,
        "what": own[each.field] if not each.step else str(field_words(kind, each.field)[0]),
        "before": _value_words(each.before, kind, names),
        "after": _value_words(each.after, kind, names),
    }


def _value_words(value: Any, kind: str, names: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, Mapping):
        pairs = ((_part_word(kind, key), _value_words(each, kind, names)) for key, each in value.items() if each)
        return ", ".join(f"{word}: {written}" for word, written in pairs)
    if isinstance(value, list):
        return "; ".join(_value_words(each, kind, names) for each in value)
    return f"{value:g}" if isinstance(value, float) else names.get(str(value), str(WORDS.get(value, value)))


def _part_word(kind: str, name: str) -> str:
    """The key of a menu unchanged, or the label of a field."""
    return str(field_words(kind, name)[0]) if name.isidentifier() else _("Tast %(key)s") % {"key": name}
