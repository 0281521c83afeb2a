"""Who sees rollout plans and who changes them: by the unit that owns the centre."""

from __future__ import annotations

from django.db.models import QuerySet

from indgang.accounts.access import may, on_the_branch_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.programme.rollout.models import RolloutPlan

SEE, EDIT, STATE = Permission.SEE_FIGURES, Permission.EDIT_PROGRAMME, Permission.MAKE_AGREEMENTS
#: whoever opens the pages
READERS = (SEE, EDIT, STATE)


def seen_by(person: Person) -> QuerySet[RolloutPlan]:
    """The plans of the owners above and below the person's own units, because both take part."""
    within = on_the_branch_of(person, READERS[0], "centre__owner__path")
    for each in READERS[1:]:
        within |= on_the_branch_of(person, each, "centre__owner__path")
    return RolloutPlan.objects.filter(within).select_related("centre__owner")


def may_edit(person: Person, plan: RolloutPlan) -> bool:
    return plan.closed_at is None and may(person, EDIT, plan.centre.owner)


def may_state(person: Person, plan: RolloutPlan, unit: Unit) -> bool:
    """Whether the person states how ready a unit is: for the plan, or for the unit."""
    return plan.closed_at is None and (may(person, EDIT, plan.centre.owner) or may(person, STATE, unit))
