"""What people can be good at: subject areas and languages. Who is good at what is `competence`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core.refusals import RefusedChange
from indgang.workforce.models import Skill


@transaction.atomic
def save(skill: Skill, *, name: str, by: trail.Actor, at: datetime) -> Skill:
    """Add a skill (`code` set) or give one another name. Raises RefusedChange."""
    new = skill.pk is None
    before = {} if new else {"name": Skill.objects.get(pk=skill.pk).name}
    skill.name = name
    with collisions.told(RefusedChange, collisions.of_row(skill)):
        skill.save()
    trail.record(
        by=by, at=at, action=f"skill.{'create' if new else 'change'}", target=skill, before=before, after={"name": name}
    )
    return skill
