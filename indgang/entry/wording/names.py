"""Names of steps and prompts on pages, taken from their function and text. Ids and codes are only references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from indgang.catalogue.models import Schedule
from indgang.core.text import shorten
from indgang.entry.models import DutyRota, Flow, Prompt, Queue
from indgang.entry.setup import prompts
from indgang.entry.wording.words import WORDS, kind_word
from indgang.routing.flows import ON_DUTY

#: characters of a text that represent it in the name of a step and in a list of choices
_IN_NAME, _IN_LIST = 48, 90


def duty_queues(on: date | None = None) -> list[tuple[str, str]]:
    """The placeholders for the queue of whoever is on duty, with their names; of all rotas, or of those of a day."""
    rotas = DutyRota.objects.all() if on is None else DutyRota.objects.valid_on(on)
    return [
        (f"{ON_DUTY}{code}", _("Vagten: %(name)s") % {"name": name}) for code, name in rotas.values_list("code", "name")
    ]


def things() -> dict[str, str]:
    """The names of queues, schedules, flows and rotas by code."""
    found = dict(duty_queues())
    for model in (Flow, Schedule, Queue):
        found |= dict(model._default_manager.values_list("code", "name"))
    return found


def texts() -> dict[str, str]:
    """The Danish texts by the code of the prompt."""
    return dict(Prompt.objects.filter(language="da").values_list("code", "text"))


def step_names(definition: Mapping[str, Any], said: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """A name for each step, by id: its kind with the start of its first text, or with the object it refers to.

    Steps with equal names are numbered in the order of the definition.
    """
    names = {step["id"]: _name(step, said, named) for step in definition.get("steps", [])}
    times, seen = Counter(names.values()), Counter[str]()
    for step_id, name in names.items():
        seen[name] += 1
        if times[name] > 1:
            names[step_id] = f"{name} ({seen[name]})"
    return names


def names_of(definition: Mapping[str, Any]) -> dict[str, str]:
    """As `step_names`, with the present names from the database."""
    return step_names(definition, texts(), things())


def _name(step: Mapping[str, Any], said: Mapping[str, str], named: Mapping[str, str]) -> str:
    kind, about = kind_word(step.get("kind", "")), _about(step, named)
    if about:
        return f"{kind}: {about}"
    spoken = next((said[code] for code in step.get("prompts") or () if said.get(code)), "")
    return f"{kind}: “{shorten(spoken, _IN_NAME)}”" if spoken else kind


def _about(step: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """The object that names a step without a text."""
    for field in ("queue", "schedule", "flow", "language"):
        if value := step.get(field):
            return named.get(str(value), str(WORDS.get(value, value)))
    if step.get("kind") == "transfer":
        return str(step.get("to", ""))
    facts = [str(WORDS.get(test.get("fact", ""), "")) for test in step.get("all") or ()]
    return ", ".join(fact for fact in facts if fact)


def prompt_choices(chosen: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The prompts to choose from, by text: whole texts in alphabetical order, and the prompt already `chosen`.

    Single digits and numbers are parts of other texts and are not offered.
    """
    kept = set(chosen)
    there = [(code, text) for code, text in texts().items() if code in kept or not prompts.is_piece(code)]
    return sorted(((code, shorten(text, _IN_LIST)) for code, text in there), key=lambda each: each[1].casefold())
