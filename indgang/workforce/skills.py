"""The skills that people can have: subject areas and languages. `competence` stores who has which skill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core.refusals import RefusedChange
from indgang.workforce.models import Skill

FIELDS = ("name", "valid_from", "valid_to")


@transaction.atomic
def save(skill: Skill, fields: Mapping[str, Any], *, by: trail.Actor, at: datetime) -> Skill:
    """Add a skill (`code` set) or change one; `fields` holds any of FIELDS. Raises RefusedChange."""
    new = skill.pk is None
    before = {} if new else trail.values_of(Skill.objects.get(pk=skill.pk), FIELDS)
    for name in FIELDS:
        setattr(skill, name, fields.get(name, getattr(skill, name)))
    with collisions.refused_in_words(RefusedChange, collisions.of_row(skill)):
        skill.save()
    after = trail.values_of(skill, FIELDS)
    if before != after:
        action = f"skill.{'create' if new else 'change'}"
        trail.record(by=by, at=at, action=action, target=skill, before=before, after=after)
    return skill


@transaction.atomic
def remove(skill: Skill, *, by: trail.Actor, at: datetime) -> None:
    """Delete a skill that nobody has ever had. The database refuses any other."""
    trail.record(by=by, at=at, action="skill.remove", target=skill, before=trail.values_of(skill, FIELDS))
    skill.delete()
