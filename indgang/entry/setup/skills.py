"""Skills as queues require them: one that is still required does not end, one that was ever used is not deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import in_force, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.models import Queue
from indgang.entry.setup.queues import steps_of
from indgang.workforce import skills
from indgang.workforce.models import Competence, Skill


@dataclass(frozen=True, slots=True)
class SkillUse:
    """Where a skill is used: how many people have it today, whether anybody ever had it, and the queues asking it."""

    people: int
    ever: bool
    queues: tuple[str, ...]

    @property
    def is_used(self) -> bool:
        return self.ever or bool(self.queues)


def uses(day: date) -> dict[str, SkillUse]:
    """By the skill's code. Two queries."""
    today = in_force(day)
    counted = Competence.objects.order_by().values("skill__code").annotate(
        ever=Count("pk"), people=Count("person", filter=today, distinct=True)
    )  # fmt: skip
    had = {row["skill__code"]: row for row in counted}
    asking = requiring(day)
    nobody = {"people": 0, "ever": 0}
    return {
        code: SkillUse(had.get(code, nobody)["people"], bool(had.get(code, nobody)["ever"]), asking.get(code, ()))
        for code in had.keys() | asking.keys()
    }


def requiring(day: date) -> dict[str, tuple[str, ...]]:
    """By the skill's code, the names of the queues of the day and of later days that require it at any step."""
    found: dict[str, tuple[str, ...]] = {}
    for name, steps in Queue.objects.filter(not_ended(day)).values_list("name", "steps"):
        for skill in dict.fromkeys(skill for step in steps_of(steps) for skill in step["skills"]):
            found[skill] = (*found.get(skill, ()), name)
    return found


@transaction.atomic
def save(skill: Skill, fields: Mapping[str, Any], *, by: Person, at: datetime) -> Skill:
    """Add or change a skill. Raises RefusedChange, by field, when it would end while a queue requires it."""
    starts, ends = fields.get("valid_from"), fields.get("valid_to")
    if starts and ends and ends <= starts:
        raise RefusedChange({"valid_to": _("Slutdagen skal ligge efter den første dag.")})
    if ends and (asking := requiring(ends).get(skill.code)):
        said = _("Kompetencen kræves af %(queues)s. Ret køernes krav først.")
        raise RefusedChange({"valid_to": said % {"queues": ", ".join(asking)}})
    saved = skills.save(skill, fields, by=by, at=at)
    commands.give("reload", by=by, at=at)
    return saved


@transaction.atomic
def remove(skill: Skill, *, by: Person, at: datetime) -> None:
    """Delete a skill that was never used. Raises RefusedChange for another, saying where it is."""
    Skill.objects.select_for_update().get(pk=skill.pk)
    use = uses(day_of(at)).get(skill.code)
    if use is not None and use.is_used:
        raise RefusedChange({"": refusal(use)})
    skills.remove(skill, by=by, at=at)


def refusal(use: SkillUse) -> str:
    """Why a skill that is used is not deleted."""
    if use.queues:
        return _("Kompetencen kræves af %(queues)s og kan ikke slettes.") % {"queues": ", ".join(use.queues)}
    return _("Medarbejdere har eller har haft kompetencen, så den kan ikke slettes. Lad den i stedet slutte.")
