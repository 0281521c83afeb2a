"""Which imports a person sees: those whose figures all belong to centres or units that they answer for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from indgang.accounts.access import everywhere, of_either_side, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.history.mapping.fields import VALUE_KINDS
from indgang.history.models import HistoryImport, ImportedPart

IMPORT = Permission.IMPORT_HISTORY


def imports_of(person: Person) -> QuerySet[HistoryImport]:
    """The newest first. An import that wrote no figures is seen by the person who made it."""
    rows = HistoryImport.objects.select_related("made_by")
    if everywhere(person, IMPORT):
        return rows
    units = units_of(person, IMPORT)
    own = ContactCentre.objects.filter(of_either_side(person, IMPORT)).values("code")
    parts = ImportedPart.objects.filter(source=OuterRef("pk"))
    contacts = (Q(made_by=person) | Exists(parts)) & ~Exists(parts.exclude(centre__in=own))
    values = Q(kind__in=list(VALUE_KINDS))
    found: QuerySet[HistoryImport] = rows.filter((values & Q(unit__in=units.values("code"))) | (~values & contacts))
    return found
