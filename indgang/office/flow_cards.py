"""A flow put into words for the editor: cards of its steps, its problems, and how two versions of it differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from indgang.catalogue.models import Schedule
from indgang.entry import flow_versions
from indgang.entry.flow_versions import Difference
from indgang.entry.models import Flow, FlowVersion, Prompt, Queue
from indgang.office import flow_chart
from indgang.office.flow_words import WORDS, field_path_word, field_words, is_warning, kind_word, problem_sentence
from indgang.routing import flows

Definition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out of a step: when, and where to."""

    words: str
    target: str
    exists: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One step as the page shows it."""

    number: int
    step: flows.Step
    kind: str
    facts: list[tuple[str, str]]
    said: list[tuple[str, str]]
    branches: list[Branch]
    problems: list[tuple[str, bool]]


def cards_or_fault(definition: Definition, *, on: date) -> tuple[list[Card], str]:
    try:
        return cards(definition, on=on), ""
    except flows.FlowError as error:
        return [], str(error)


def cards(definition: Definition, *, on: date) -> list[Card]:
    """The steps in reading order. Raises FlowError."""
    if not definition:
        return []
    parsed = flows.parse(definition)
    texts = dict(Prompt.objects.filter(language="da").values_list("code", "text"))
    names = dict(Queue.objects.values_list("code", "name")) | dict(Schedule.objects.values_list("code", "name"))
    names |= dict(Flow.objects.values_list("code", "name"))
    found = flow_versions.problems(definition, on=on)
    ids = {step.id for step in parsed.steps}
    return [
        Card(
            number=number,
            step=each,
            kind=kind_word(each.kind),
            facts=_facts(each, names),
            said=[(code, texts.get(code, "")) for code in dict.fromkeys(each.prompts_used())],
            branches=[
                Branch(field_path_word(each.kind, name), target, target in ids)
                for name, target in each.targets()
                if target
            ],
            problems=[(problem_sentence(problem), is_warning(problem)) for problem in found if problem.step == each.id],
        )
        for number, each in enumerate(flow_chart.reading_order(parsed), start=1)
    ]


def _facts(step: flows.Step, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The single values of a step in words: its queue, its hours, its numbers."""
    shown = {flows.Holds.QUEUE, flows.Holds.SCHEDULE, flows.Holds.FLOW, flows.Holds.ADDRESS, flows.Holds.WORD}
    shown |= {flows.Holds.SECONDS, flows.Holds.COUNT, flows.Holds.NUMBER}
    found = []
    for mark in flows.marks(type(step)):
        value = getattr(step, mark.name)
        if mark.metadata["holds"] in shown and value not in ("", 0, None) and value != mark.default:
            text = f"{value:g}" if isinstance(value, float) else names.get(str(value), str(WORDS.get(value, value)))
            found.append((str(field_words(step.kind, mark.name)[0]), text))
    return found


def problem_list(definition: Definition, *, on: date) -> list[tuple[str, str, bool]]:
    """(step, sentence, whether it is only a warning), errors first."""
    if not definition:
        return []
    found = flow_versions.problems(definition, on=on)
    return sorted(((each.step, problem_sentence(each), is_warning(each)) for each in found), key=lambda each: each[2])


def step_data(definition: Definition, step_id: str) -> Mapping[str, Any] | None:
    return next((each for each in definition.get("steps", []) if each["id"] == step_id), None)


def conflict(theirs: Mapping[str, Any] | None, mine: Mapping[str, Any], definition: Definition) -> list[dict[str, Any]]:
    """What stands in the draft now beside what was typed, field by field."""
    before = {"steps": [theirs] if theirs else []}
    return [
        difference_words(each, definition, None)
        for each in flow_versions.differences(before, {"steps": [_written(mine)]})
        if each.step
    ]


def _written(step: Mapping[str, Any]) -> dict[str, Any]:
    """The step as it would be saved, or as it was typed when it cannot be read."""
    try:
        alone = flows.parse({"code": "x", "start": step["id"], "steps": [step]})
    except flows.FlowError:
        return dict(step)
    return dict(flows.dump(alone)["steps"][0])


def difference_words(each: Difference, definition: Definition, other: FlowVersion | None) -> dict[str, Any]:
    step = step_data(definition, each.step) or (step_data(other.definition, each.step) if other else None)
    kind = step["kind"] if step else ""
    if each.step and not each.field:
        what = _("Trinnet er nyt") if each.before is None else _("Trinnet er slettet")
        return {"step": each.step, "kind": kind_word(kind), "what": what, "before": "", "after": ""}
    own = {"title": _("Overskrift"), "start": _("Begynder med"), "order": _("Rækkefølge")}
    what = own[each.field] if not each.step else str(field_words(kind, each.field)[0])
    return {
        "step": each.step,
        "kind": kind_word(kind) if kind else "",
        "what": what,
        "before": _value_words(each.before),
        "after": _value_words(each.after),
    }


def _value_words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value_words(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(_value_words(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
