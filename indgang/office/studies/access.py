"""Who sees and who changes studies: the people of a unit by their rights, and the team of a study."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.feedback.studies import rights
from indgang.feedback.studies.models import Study
from indgang.ui.missing import not_found

#: whoever opens the pages; the team of a study may be anybody on the staff
STAFF = (*rights.READERS, P.READ_KNOWLEDGE)


def studies_seen(person: Person) -> QuerySet[Study]:
    return rights.seen_by(person)


def study_for(person: Person, pk: int) -> Study:
    """Raises Http404, as all functions below do, for what this person may not see."""
    found = studies_seen(person).filter(pk=pk).first()
    if found is None:
        raise not_found(Study, pk)
    return found


def study_to_lead(person: Person, pk: int) -> Study:
    """A study that the person plans, or whose team they are in."""
    found = study_for(person, pk)
    if not rights.may_lead(person, found):
        raise Http404
    return found


def session_to_lead(person: Person, pk: int) -> Study:
    found = study_to_lead(person, pk)
    if found.kind != Study.Kind.CROWDSOURCING:
        raise Http404
    return found


def services_seen(person: Person) -> QuerySet[Service]:
    return rights.services_seen(person, clock.today())


def services_to_study(person: Person) -> QuerySet[Service]:
    """The services of today whose studies the person plans."""
    today: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    return today.filter(unit__in=rights.units_to_plan(person))


def service_for(person: Person, code: str) -> Service:
    found = services_seen(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found
