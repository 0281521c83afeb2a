"""Who reads and who makes cooperation agreements. Both parties do, whichever of the two units is theirs; drafts are
for those who may sign."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import able_for, everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.two_parties import SignedByTwoQuerySet
from indgang.agreements import cooperation
from indgang.agreements.models import AgreementPart, AgreementTarget, Baseline, CooperationAgreement, ExcludedDay
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core import clock
from indgang.ui.missing import not_found

#: of an agreement
_UNITS = ("owner_unit", "operator_unit")
MAKE, SEE = Permission.SIGN_COOPERATION, Permission.SEE_FIGURES


def _of(person: Person, permission: Permission, owner: str = "owner", operator: str = "operator") -> Q:
    """A filter for rows whose owner or operator is a unit for which the person has the permission."""
    if everywhere(person, permission):
        return Q(pk__isnull=False)
    units = units_of(person, permission)
    return Q(**{f"{owner}__in": units}) | Q(**{f"{operator}__in": units})


def centres_seen(person: Person) -> QuerySet[ContactCentre]:
    """The centres of today whose agreements this person may read."""
    today = ContactCentre.objects.valid_on(clock.today()).select_related("owner", "operator")
    found: QuerySet[ContactCentre] = today.filter(_of(person, SEE) | _of(person, MAKE))
    return found


def centre_for(person: Person, code: str) -> ContactCentre:
    """The centre. Raises Http404, as all functions below do, for what this person may not see."""
    found = centres_seen(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def may_draft(person: Person, centre: ContactCentre) -> bool:
    """Whether the person may begin an agreement between the present parties of the centre."""
    return any(cooperation.may_sign_for(person, unit) for unit in (centre.owner, centre.operator))


def may_change(person: Person, agreement: CooperationAgreement) -> bool:
    """Whether the person stands for one of the agreement's own parties."""
    return any(cooperation.may_sign_for(person, unit) for unit in (agreement.owner_unit, agreement.operator_unit))


def centre_to_make_for(person: Person, code: str) -> ContactCentre:
    """A centre whose agreements this person makes."""
    found = centre_for(person, code)
    if not may_draft(person, found):
        raise Http404
    return found


def agreements_seen(person: Person) -> SignedByTwoQuerySet:
    """Signed agreements of the centres seen, and drafts of those whose agreements this person makes."""
    found: SignedByTwoQuerySet = CooperationAgreement.objects.select_related(
        "centre__owner", "centre__operator", "owner_unit", "operator_unit", "owner", "operator"
    )
    signed = Q(owner_signed_at__isnull=False, operator_signed_at__isnull=False)
    return found.filter(signed & _of(person, SEE, *_UNITS) | _of(person, MAKE, *_UNITS))


def agreement_for(person: Person, pk: int) -> CooperationAgreement:
    found: CooperationAgreement | None = agreements_seen(person).filter(pk=pk).first()
    if found is None:
        raise not_found(CooperationAgreement, pk)
    return found


def agreement_to_change(person: Person, pk: int) -> CooperationAgreement:
    """An agreement of a centre whose agreements this person makes. The actions refuse changes of a signed one."""
    found = agreement_for(person, pk)
    if not may_change(person, found):
        raise Http404
    return found


def target_for(agreement: CooperationAgreement, pk: int) -> AgreementTarget:
    found = agreement.targets.select_related("agreement", "service").filter(pk=pk).first()
    if found is None:
        raise not_found(AgreementTarget, pk)
    return found


def part_kind(kind: str) -> AgreementPart.Kind:
    try:
        return AgreementPart.Kind(kind)
    except ValueError as error:
        raise Http404 from error


def signatories(unit: Unit) -> QuerySet[Person]:
    """The people who may sign when this unit is a party."""
    return able_for(unit, MAKE, clock.today())


def baseline_for(person: Person, pk: int) -> Baseline:
    """A baseline of a centre whose agreements this person may read."""
    found = Baseline.objects.select_related("centre").filter(pk=pk, centre__in=centres_seen(person)).first()
    if found is None:
        raise not_found(Baseline, pk)
    return found


def baseline_to_change(person: Person, pk: int) -> Baseline:
    """A baseline of a centre whose agreements this person makes."""
    found = baseline_for(person, pk)
    if not may_draft(person, found.centre):
        raise Http404
    return found


def excluded_day_for(baseline: Baseline, pk: int) -> ExcludedDay:
    found = baseline.excluded_days.select_related("baseline").filter(pk=pk).first()
    if found is None:
        raise not_found(ExcludedDay, pk)
    return found
