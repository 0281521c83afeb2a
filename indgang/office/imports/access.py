"""The imports that a person may see and take back; all others give 404."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.history.models import HistoryImport
from indgang.history.rights import IMPORT, imports_of

__all__ = ["IMPORT", "import_for", "imports_of", "owners_for"]


@dataclass(frozen=True, slots=True)
class Owners:
    """The units that a person may import values of periods for, and whether for the whole municipality too."""

    units: QuerySet[Unit]
    is_everywhere: bool


def owners_for(person: Person) -> Owners:
    """Whom a person may import values of periods for."""
    is_everywhere = everywhere(person, IMPORT)
    return Owners(Unit.objects.all() if is_everywhere else units_of(person, IMPORT), is_everywhere)


def import_for(person: Person, pk: int) -> HistoryImport:
    """Raises Http404 when there is no such import, or this person has no access to it."""
    found = imports_of(person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
