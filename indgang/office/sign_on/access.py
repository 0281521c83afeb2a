"""Which claim rules an administrator may change: those whose role they may also give by hand."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.models import ClaimRule, Person
from indgang.catalogue.models import not_ended
from indgang.core import clock
from indgang.office.people.access import may_give


def rules() -> QuerySet[ClaimRule]:
    """The present and future rules.

    Whoever gives roles sees all of them: they decide who gets which role at sign-in.
    """
    found: QuerySet[ClaimRule] = ClaimRule.objects.filter(not_ended(clock.today()))
    return found.select_related("unit")


def rule_for(administrator: Person, pk: int) -> ClaimRule:
    """The rule. Raises Http404 when it has ended or this person may not change it."""
    rule = rules().filter(pk=pk).first()
    if rule is None or not may_give(administrator, rule.unit):
        raise Http404
    return rule
