"""Guides as data: {"title", "intro", "start", "steps": [{"id", "kind", "text", …}]}, and as YAML files.

A draft may be unfinished, with empty texts or targets that do not exist. This module refuses data that cannot be read;
`faults.problems` finds the faults that only prevent publication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from indgang.core import plain_yaml
from indgang.knowledge.guides.tree import AnswerOption, ChecklistStep, GuideTree, QuestionStep, ResultStep, Step

#: far more than any usable guide has, and few enough to show on one page
MOST_STEPS = 200
MOST_PARTS = 50
LONGEST_TEXT = 10_000
LONGEST_LINE = 500

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS = {
    "question": {"hint", "answers"},
    "checklist": {"items", "to"},
    "result": {"articles"},
}
#: characters that PostgreSQL cannot store, or that no editor shows
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class GuideError(ValueError):
    """The data is not a guide. `step` is the id of the step, empty for the guide itself; `reason` is a sentence."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"step {step!r}: {reason}" if step else reason)
        self.step = step
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tree:
    """The content of a YAML file: the guide, and the facts about it as codes (empty where the file has none)."""

    guide: GuideTree
    service: str = ""
    unit: str = ""
    audience: str = "everyone"
    language: str = "da"


def parse(data: Any) -> GuideTree:
    """The guide that the data describes. Raises GuideError for the first fault that prevents reading."""
    if not isinstance(data, Mapping):
        raise GuideError("", "a guide is an object with title, start and steps")
    _refuse_others(data, {"title", "intro", "start", "steps"}, "")
    listed = _list(data.get("steps", []), "steps", "", MOST_STEPS)
    steps = tuple(_step(each, number) for number, each in enumerate(listed, start=1))
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise GuideError(step.id, "another step has the same id")
        seen.add(step.id)
    return GuideTree(
        title=_line(data.get("title", ""), "title", ""),
        intro=_text(data.get("intro", ""), "intro", ""),
        start=_line(data.get("start", ""), "start", ""),
        steps=steps,
    )


def dump(guide: GuideTree) -> dict[str, Any]:
    """The guide as data, which `parse` reads back to an equal guide; optional fields that are empty are left out."""
    data: dict[str, Any] = {"title": guide.title}
    if guide.intro:
        data["intro"] = guide.intro
    return {**data, "start": guide.start, "steps": [_written(step) for step in guide.steps]}


_NOT_PLAIN = {
    "alias": "references (*name) are not taken; write it out where it is meant",
    "deep": f"nested too deeply; at most {plain_yaml.DEEPEST} levels",
    "large": "too much for one guide",
}


def read_yaml(text: str) -> Tree:
    """The tree in a YAML file. Raises GuideError."""
    try:
        # every value is read as text: the answers Yes and No of an English guide are words, not booleans
        data = plain_yaml.load(text, yaml.BaseLoader)
    except plain_yaml.NotPlain as error:
        raise GuideError("", f"line {error.line}: {_NOT_PLAIN[error.why]}") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise GuideError("", f"{where}this is not YAML: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(data, Mapping):
        raise GuideError("", "a tree is an object with title, start and steps")
    names = ("service", "unit", "audience", "language")
    facts = {name: _line(data[name] or "", name, "") for name in names if name in data}
    return Tree(guide=parse({key: value for key, value in data.items() if key not in names}), **facts)


def write_yaml(tree: Tree) -> str:
    """The YAML file for this tree; `read_yaml` reads it back to an equal tree."""
    data = dump(tree.guide)
    steps = data.pop("steps")
    start = data.pop("start")
    facts = {"service": tree.service, "unit": tree.unit, "audience": tree.audience, "language": tree.language}
    head = {**data, **{name: value for name, value in facts.items() if value or name == "audience"}}
    whole = {**head, "start": start, "steps": steps}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100)


# --- One step ----------------------------------------------------------------------------------


def _step(data: Any, number: int) -> Step:
    if not isinstance(data, Mapping):
        raise GuideError("", f"step number {number} must be an object")
    step_id = data.get("id")
    if not isinstance(step_id, str) or len(step_id) > 80 or not _ID.fullmatch(step_id):
        raise GuideError("", f"step number {number} needs an id of a-z, 0-9 and hyphens")
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise GuideError(step_id, "kind must be question, checklist or result")
    _refuse_others(data, {"id", "kind", "text"} | _FIELDS[kind], step_id)
    text = _text(data.get("text", ""), "text", step_id)
    if kind == "question":
        answers = _list(data.get("answers", []), "answers", step_id, MOST_PARTS)
        hint = _text(data.get("hint") or "", "hint", step_id)
        return QuestionStep(step_id, text, hint, tuple(_answer(each, step_id) for each in answers))
    if kind == "checklist":
        items = _list(data.get("items", []), "items", step_id, MOST_PARTS)
        to = _line(data.get("to") or "", "to", step_id)
        return ChecklistStep(step_id, text, tuple(_text(each, "items", step_id) for each in items), to)
    articles = _list(data.get("articles") or [], "articles", step_id, MOST_PARTS)
    return ResultStep(step_id, text, tuple(_line(each, "articles", step_id) for each in articles))


def _answer(data: Any, step: str) -> AnswerOption:
    if not isinstance(data, Mapping):
        raise GuideError(step, "an answer is an object with text and to")
    _refuse_others(data, {"text", "to"}, step)
    return AnswerOption(_line(data.get("text", ""), "text", step), _line(data.get("to") or "", "to", step))


def _written(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {"id": step.id, "kind": step.kind, "text": step.text}
    if isinstance(step, QuestionStep):
        data |= {"hint": step.hint} if step.hint else {}
        return data | {"answers": [{"text": each.text, "to": each.to} for each in step.answers]}
    if isinstance(step, ChecklistStep):
        return data | {"items": list(step.items)} | ({"to": step.to} if step.to else {})
    return data | {"articles": list(step.articles)}


# --- Values ------------------------------------------------------------------------------------


def _refuse_others(data: Mapping[Any, Any], known: set[str], step: str) -> None:
    unknown = sorted(str(key) for key in data if key not in known)
    if unknown:
        raise GuideError(step, f"unknown: {', '.join(unknown)[:200]}")


def _list(value: Any, name: str, step: str, most: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise GuideError(step, f"'{name}' must be a list")
    if len(value) > most:
        raise GuideError(step, f"'{name}' may have at most {most}, not {len(value)}")
    return value


def _text(value: Any, name: str, step: str, longest: int = LONGEST_TEXT) -> str:
    if not isinstance(value, str):
        raise GuideError(step, f"'{name}' must be a text")
    if len(value) > longest:
        raise GuideError(step, f"'{name}' may be at most {longest} characters, not {len(value)}")
    return _INVISIBLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _line(value: Any, name: str, step: str) -> str:
    return " ".join(_text(value, name, step, LONGEST_LINE).split())
