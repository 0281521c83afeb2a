"""Who sets case systems up: a system and its password belong to the whole municipality."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.registers.models import CaseAgreement
from indgang.ui.missing import not_found


def case_agreements(person: Person) -> QuerySet[CaseAgreement]:
    """All agreements. Raises Http404 for somebody whose permission does not cover the whole municipality."""
    if not everywhere(person, Permission.SET_CASE_SYSTEMS):
        raise Http404
    found: QuerySet[CaseAgreement] = CaseAgreement.objects.prefetch_related(
        "units", "given_services__service"
    ).order_by("name", "valid_from")
    return found


def case_agreement(person: Person, pk: int) -> CaseAgreement:
    found = case_agreements(person).filter(pk=pk).first()
    if found is None:
        raise not_found(CaseAgreement, pk)
    return found
