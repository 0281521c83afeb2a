"""Which imports a person sees: their own, and those whose figures all belong to centres that they answer for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.history.models import HistoryImport, ImportedPart

IMPORT = Permission.IMPORT_HISTORY


def imports_of(person: Person) -> QuerySet[HistoryImport]:
    rows = HistoryImport.objects.select_related("made_by")
    if everywhere(person, IMPORT):
        return rows
    units = units_of(person, IMPORT)
    own = ContactCentre.objects.filter(Q(owner__in=units) | Q(operator__in=units)).values("code")
    others = ImportedPart.objects.filter(source=OuterRef("pk")).exclude(centre__in=own)
    found: QuerySet[HistoryImport] = rows.filter(Q(made_by=person) | ~Exists(others))
    return found


def import_for(person: Person, pk: int) -> HistoryImport:
    """Raises Http404 when there is no such import, or this person has no access to it."""
    found = imports_of(person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
