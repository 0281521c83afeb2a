"""Which imports a person sees: their own, and those whose figures all belong to centres that they answer for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.history.models import HistoryImport, ImportedPart

IMPORT = Permission.IMPORT_HISTORY


def imports_of(person: Person) -> QuerySet[HistoryImport]:
    """The newest first."""
    rows = HistoryImport.objects.select_related("made_by")
    if everywhere(person, IMPORT):
        return rows
    units = units_of(person, IMPORT)
    own = ContactCentre.objects.filter(Q(owner__in=units) | Q(operator__in=units)).values("code")
    others = ImportedPart.objects.filter(source=OuterRef("pk")).exclude(centre__in=own)
    found: QuerySet[HistoryImport] = rows.filter(Q(made_by=person) | ~Exists(others))
    return found
