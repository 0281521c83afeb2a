"""Which lines of the table of groups an administrator may change: those whose role they may give by hand."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.models import ClaimRule, Person
from indgang.core import clock
from indgang.office.people.access import may_give


def rules() -> QuerySet[ClaimRule]:
    """The lines of now and to come. Everybody who gives roles sees all of them: they say who comes in with what."""
    found: QuerySet[ClaimRule] = ClaimRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=clock.today()))
    return found.select_related("unit")


def rule_for(administrator: Person, pk: int) -> ClaimRule:
    """Raises Http404 for a line that is over or not theirs."""
    rule = rules().filter(pk=pk).first()
    if rule is None or not may_give(administrator, rule.unit):
        raise Http404
    return rule
