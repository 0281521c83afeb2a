"""The imports that a person may see and take back; all others give 404."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.models import Person
from indgang.history.models import HistoryImport
from indgang.history.rights import IMPORT, imports_of

__all__ = ["IMPORT", "import_for", "imports_of"]


def import_for(person: Person, pk: int) -> HistoryImport:
    """Raises Http404 when there is no such import, or this person has no access to it."""
    found = imports_of(person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
