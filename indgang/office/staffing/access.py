"""Skills and pause reasons belong to the whole municipality; changing them requires its permission for queues."""

from __future__ import annotations

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import PauseReason
from indgang.ui.missing import not_found
from indgang.workforce.models import Skill


def may_edit(person: Person) -> bool:
    return everywhere(person, Permission.EDIT_QUEUES)


def skill_for(pk: int) -> Skill:
    """The skill. Raises Http404; for a deleted one the error says who deleted it."""
    found: Skill | None = Skill.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(Skill, pk)
    return found


def pause_reason_for(pk: int) -> PauseReason:
    """The pause reason. Raises Http404; for a deleted one the error says who deleted it."""
    found: PauseReason | None = PauseReason.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(PauseReason, pk)
    return found
