"""Which benefits a person sees, changes, signs and closes. Functions raise Http404 for others."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import able_for, may, people_who_may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.programme import known_cases
from indgang.programme.benefits import contracts as benefit_contracts
from indgang.programme.benefits import course
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.cases.case import BusinessCase
from indgang.ui.missing import not_found

SEE, EDIT = P.SEE_FIGURES, P.EDIT_PROGRAMME


def contracts() -> QuerySet[BenefitContract]:
    """Everybody who sees figures sees the benefits."""
    return course.with_versions(BenefitContract.objects.all())


def contract_for(pk: int) -> BenefitContract:
    found = contracts().filter(pk=pk).first()
    if found is None:
        raise not_found(BenefitContract, pk)
    return found


def contract_to_edit(person: Person, pk: int) -> BenefitContract:
    found = contract_for(pk)
    if not may_edit(person, found.unit):
        raise Http404
    return found


def contract_of_owner(person: Person, pk: int) -> BenefitContract:
    """One of whose latest or signed version the person is the owner."""
    found = contract_for(pk)
    if not benefit_contracts.is_owner(person, found):
        raise Http404
    return found


def case_for(code: str) -> BusinessCase:
    found = known_cases.by_code(code)
    if found is None:
        raise Http404
    return found


def may_edit(person: Person, unit: Unit | None = None) -> bool:
    return may(person, EDIT, unit)


def owners(unit: Unit | None) -> QuerySet[Person]:
    """Who can answer for a benefit: those who see the figures of the unit."""
    today = clock.today()
    return people_who_may([SEE], today).order_by("name", "pk") if unit is None else able_for(unit, SEE, today)
