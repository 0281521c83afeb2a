"""Skills and pause reasons are the whole municipality's: who may change queues everywhere changes them."""

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
    """Raises Http404, which says who deleted it when somebody did."""
    found: Skill | None = Skill.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(Skill, pk)
    return found


def pause_reason_for(pk: int) -> PauseReason:
    """Raises Http404, which says who deleted it when somebody did."""
    found: PauseReason | None = PauseReason.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(PauseReason, pk)
    return found
