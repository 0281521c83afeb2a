"""The measures a person sees and changes, and what they may choose in them. Functions raise Http404 for others."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import units_of
from indgang.accounts.models import Person
from indgang.analysis import gap_rights
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gap_rights import EDITORS
from indgang.catalogue.models import Purpose, Service
from indgang.core import clock
from indgang.ui.missing import not_found


def measure_for(person: Person, pk: int) -> GapMeasure:
    found = gap_rights.measures_for(person).filter(pk=pk).first()
    if found is None:
        raise not_found(GapMeasure, pk)
    return found


def measure_to_change(person: Person, pk: int) -> GapMeasure:
    found = measure_for(person, pk)
    if not gap_rights.may_change(person, found):
        raise Http404
    return found


def services_to_change(person: Person) -> QuerySet[Service]:
    """The services of today that the person may decide measures for."""
    wanted = Q()
    for each in EDITORS:
        wanted |= Q(unit__in=units_of(person, each))
    found: QuerySet[Service] = Service.objects.valid_on(clock.today()).filter(wanted).order_by("name")
    return found


def purposes() -> QuerySet[Purpose]:
    """The cross-cutting purposes of today."""
    found: QuerySet[Purpose] = Purpose.objects.valid_on(clock.today())
    return found
