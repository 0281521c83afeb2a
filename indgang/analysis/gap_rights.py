"""Who sees gaps and measures, and who decides on them: by centre and by unit."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from indgang.accounts.access import centres_with, everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.analysis.gap_models import GapMeasure

EDITORS = (P.EDIT_KNOWLEDGE, P.EDIT_PROGRAMME)
READERS = (P.SEE_FIGURES, P.EDIT_KNOWLEDGE)


def scope_for(person: Person) -> Q:
    """The questions to the centres whose figures the person sees, and about the subjects they write about."""
    if any(everywhere(person, each) for each in READERS):
        return Q()
    centres = centres_with(person, P.SEE_FIGURES)
    about = Q(service__unit__in=units_of(person, P.EDIT_KNOWLEDGE))
    return Q(enquiry__centre__in=list(centres.values_list("pk", flat=True))) | about


def measures_for(person: Person) -> QuerySet[GapMeasure]:
    seen = Q()
    for each in {*READERS, *EDITORS}:
        seen |= Q(service__unit__in=units_of(person, each))
    return GapMeasure.objects.filter(seen).select_related("service__unit", "purpose", "owner")


def may_list(person: Person) -> bool:
    """Whether the list of gaps is open to them; who edits a programme alone sees the measures they work on."""
    return any(units_of(person, each).exists() for each in READERS)


def may_change(person: Person, measure: GapMeasure) -> bool:
    return any(may(person, each, measure.service.unit) for each in EDITORS)
